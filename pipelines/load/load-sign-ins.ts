import type { CanonicalSignIn } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { insertJsonRows, jsonRow, rowText, type JsonRow } from './json-rows.js';
import type { RecordBatch } from './load-result.js';

const COLUMNS = [
  'account',
  'live_id',
  'round',
  'name_key',
  'outsider',
  'department',
  'occurrence',
  'started_at',
];

/** Stores sign-ins; a name that stands twice in a round is two sign-ins, kept and never guessed apart. */
export async function loadSignIns(
  warehouse: Warehouse,
  batch: RecordBatch,
  accepted: Uint8Array,
): Promise<void> {
  const occurrences = new Map<string, number>();
  const rows: { index: number; row: JsonRow }[] = [];
  batch.records.forEach((record, index) => {
    if (record.kind !== 'sign_in') return;
    const place = signInPlace(record);
    const occurrence = (occurrences.get(place) ?? 0) + 1;
    occurrences.set(place, occurrence);
    const { account, live_id, round, name_key, outsider, department, started_at } = record;
    rows.push({
      index,
      row: { account, live_id, round, name_key, outsider, department, occurrence, started_at },
    });
  });
  if (rows.length === 0) return;
  const lives = [...new Set(rows.map(({ row }) => String(row['live_id'])))];
  const stored = await warehouse.query(loadSql('load/current-sign-ins'), jsonRow, { lives });
  const known = new Set(stored.map((row) => rowText(row, COLUMNS)));
  const fresh = rows.filter(({ row }) => !known.has(rowText(row, COLUMNS)));
  for (const { index } of fresh) accepted[index] = 1;
  const stamped = fresh.map(({ row }) => ({ ...row, batch_seq: batch.batchSeq }));
  await insertJsonRows(
    warehouse,
    'wxlive_store.sign_ins_store',
    [...COLUMNS, 'batch_seq'],
    ['started_at'],
    stamped,
  );
}

function signInPlace(record: CanonicalSignIn): string {
  return JSON.stringify([
    record.account,
    record.live_id,
    record.round,
    record.name_key,
    record.outsider,
    record.department,
  ]);
}

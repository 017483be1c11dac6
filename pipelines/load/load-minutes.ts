import type { CanonicalMinute } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { insertJsonRows, jsonRow, recordRow, rowText, type JsonRow } from './json-rows.js';
import type { RecordBatch } from './load-result.js';
import { MinuteRestatements } from './minute-restatements.js';
import { writeRestatements } from './restatements.js';

/** Minutes compared and stored at once, so that a file of years needs no more memory than one of a day. */
const CHUNK = 20_000;
const KEY = ['platform', 'account', 'room_id', 'source', 'minute'];
const FIGURES = [
  ...['online', 'viewers', 'views', 'viewers_new', 'likes', 'comments', 'shares', 'requests', 'flux_mb'],
  'bandwidth_mbps',
];
const CONTENT = [...KEY, ...FIGURES];
const COLUMNS = [...CONTENT, 'exported_at', 'revision', 'batch_seq'];

/**
 * Stores minute figures, of which the latest export of a minute counts: an equal row is a duplicate, also in a newer
 * export, and an older export changes nothing. Marks what was stored in `accepted`.
 */
export async function loadMinutes(
  warehouse: Warehouse,
  batch: RecordBatch,
  accepted: Uint8Array,
): Promise<void> {
  const minutes = batch.records.flatMap((record, index) =>
    record.kind === 'minute' ? [{ index, record }] : [],
  );
  // Chunks of neighbours ask the warehouse about few minutes; rows of one key stay in their order.
  minutes.sort((one, other) => compare(one.record, other.record));
  const rooms = [...new Set(minutes.map(({ record }) => record.room_id))];
  const restatements = await MinuteRestatements.read(warehouse, batch.batchSeq, rooms);
  for (const { record } of minutes) restatements.tell(record);
  for (let from = 0; from < minutes.length;) {
    let to = Math.min(from + CHUNK, minutes.length);
    // All that is said of one minute is in one chunk.
    while (isSameKey(minutes[to - 1], minutes[to])) to++;
    const chunk = minutes.slice(from, to);
    from = to;
    const fresh = await freshAmong(warehouse, batch, chunk, accepted);
    restatements.change(fresh);
    // Before it is done, so that a kill cannot hide a change.
    await writeRestatements(warehouse, batch.batchSeq, restatements.of(chunk.map(({ record }) => record)));
    const stamped = fresh.map((row) => ({ ...row, batch_seq: batch.batchSeq }));
    await insertJsonRows(
      warehouse,
      'wxlive_store.minutes_store',
      COLUMNS,
      ['minute', 'exported_at'],
      stamped,
    );
  }
}

interface IndexedMinute {
  readonly index: number;
  readonly record: CanonicalMinute;
}

/** Of each minute of the chunk the row that counts from now on, where another one counted before. */
async function freshAmong(
  warehouse: Warehouse,
  { retells }: RecordBatch,
  chunk: readonly IndexedMinute[],
  accepted: Uint8Array,
): Promise<readonly JsonRow[]> {
  const times = chunk.map(({ record }) => record.minute);
  const stored = await warehouse.query(loadSql('load/current-minutes'), jsonRow, {
    rooms: [...new Set(chunk.map(({ record }) => record.room_id))],
    from_ms: times.reduce((least, at) => Math.min(least, at)),
    to_ms: times.reduce((most, at) => Math.max(most, at)),
  });
  const current = new Map(stored.map((row) => [rowText(row, KEY), row]));
  const rows = chunk.map(({ record }) => recordRow(record, [...CONTENT, 'exported_at']));
  const settled = retells === undefined ? new Set<string>() : settledAmong(rows, current);
  const fresh = new Map<string, JsonRow>();
  for (const [at, { index, record }] of chunk.entries()) {
    const row = rows[at];
    if (row === undefined) continue;
    const key = rowText(row, KEY);
    const before = current.get(key);
    if (settled.has(key)) continue;
    if (before !== undefined && rowText(before, CONTENT) === rowText(row, CONTENT)) continue;
    if (before !== undefined && record.exported_at < Number(before['exported_at'])) continue;
    const counting = { ...row, revision: Number(before?.['revision'] ?? 0) + 1 };
    current.set(key, counting);
    fresh.set(key, counting);
    accepted[index] = 1;
  }
  return [...fresh.values()];
}

/** Minutes that a file told before leaves as they stand: what it says of them on the way was news the first time only. */
function settledAmong(rows: readonly JsonRow[], current: ReadonlyMap<string, JsonRow>): ReadonlySet<string> {
  const last = new Map(rows.map((row) => [rowText(row, KEY), rowText(row, CONTENT)]));
  return new Set(
    [...current].flatMap(([key, row]) => (last.get(key) === rowText(row, CONTENT) ? [key] : [])),
  );
}

function compare(one: CanonicalMinute, other: CanonicalMinute): number {
  return (
    compareTexts(one.room_id, other.room_id) ||
    one.minute - other.minute ||
    compareTexts(one.account, other.account) ||
    compareTexts(one.platform, other.platform) ||
    compareTexts(one.source, other.source)
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function isSameKey(one: IndexedMinute | undefined, other: IndexedMinute | undefined): boolean {
  return one !== undefined && other !== undefined && compare(one.record, other.record) === 0;
}

import type { CanonicalRecord } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { KEYED_KINDS, type KeyedKind } from './keyed-kinds.js';
import { insertJsonRows, jsonRow, recordRow, rowText, type JsonRow, type JsonValue } from './json-rows.js';
import { stands, type LoadResult, type RecordBatch } from './load-result.js';
import { notePendingDays } from './changed-days.js';

/**
 * Stores records of which the latest of a key counts. An equal row is a duplicate, also in a newer export; an
 * employee's row that repeats the state in force on its day is a duplicate.
 *
 * @param present the kinds among the records
 */
export async function loadKeyed(
  warehouse: Warehouse,
  batch: RecordBatch,
  present: ReadonlySet<CanonicalRecord['kind']>,
): Promise<LoadResult> {
  const accepted = new Uint8Array(batch.records.length);
  for (const kind of KEYED_KINDS) {
    if (!present.has(kind.kind)) continue;
    const indices = batch.records.flatMap((record, index) => (record.kind === kind.kind ? [index] : []));
    if (indices.length > 0) await loadKind(warehouse, batch, kind, indices, accepted);
  }
  return { accepted, conflicts: 0 };
}

async function loadKind(
  warehouse: Warehouse,
  batch: RecordBatch,
  kind: KeyedKind,
  indices: readonly number[],
  accepted: Uint8Array,
): Promise<void> {
  const rows = indices.map((index) => recordRow(batch.records[index], kind.columns));
  const current = new Map<string, JsonRow>();
  const stored = await warehouse.query(loadSql(kind.current), jsonRow);
  for (const row of stored) current.set(rowText(row, kind.key), row);
  const fresh = new Map<string, JsonRow>();
  const settled = settledKeys(kind, rows, current, batch);
  rows.forEach((stated, position) => {
    const key = rowText(stated, kind.key);
    if (settled.has(key)) return;
    const before = current.get(key) ?? inForce(kind, stated, current);
    const row = withOtherBound(kind, stated, before);
    if (before !== undefined) {
      if (isSame(kind, before, row)) return;
      if (stands(before, batch)) return;
    }
    current.set(key, row);
    fresh.set(key, row);
    const index = indices[position];
    if (index !== undefined) accepted[index] = 1;
  });
  await noteOldDays(warehouse, batch.batchSeq, kind, stored, fresh);
  const stamped = [...fresh.values()].map((row) => ({ ...row, batch_seq: batch.batchSeq }));
  await insertJsonRows(warehouse, kind.table, [...kind.columns, 'batch_seq'], kind.instants, stamped);
}

/** A row that moves to another day changes the day it leaves too; only the loader still knows that one. */
async function noteOldDays(
  warehouse: Warehouse,
  batchSeq: number,
  kind: KeyedKind,
  stored: readonly JsonRow[],
  fresh: ReadonlyMap<string, JsonRow>,
): Promise<void> {
  const { dated } = kind;
  if (dated === undefined || fresh.size === 0) return;
  await notePendingDays(
    warehouse,
    batchSeq,
    stored.flatMap((before) => {
      const now = fresh.get(rowText(before, kind.key));
      const at = before[dated.column];
      if (
        now === undefined ||
        typeof at === 'undefined' ||
        at === null ||
        String(at) === String(now[dated.column])
      ) {
        return [];
      }
      const platform = String(before['platform'] ?? '');
      return [{ platform, account: String(before['account']), source: dated.source, at: Number(at) }];
    }),
  );
}

/**
 * Keys that a batch told before states more than once and leaves as they stand: what it says of them on the way was
 * news the first time only.
 */
function settledKeys(
  kind: KeyedKind,
  rows: readonly JsonRow[],
  current: ReadonlyMap<string, JsonRow>,
  { retells }: RecordBatch,
): ReadonlySet<string> {
  if (retells === undefined) return new Set();
  const last = new Map<string, JsonRow>();
  for (const row of rows) last.set(rowText(row, kind.key), row);
  const settled = new Set<string>();
  for (const [key, row] of last) {
    const before = current.get(key);
    if (before !== undefined && isSame(kind, before, withOtherBound(kind, row, before))) settled.add(key);
  }
  return settled;
}

/** Whether two rows of a key say the same; an employee's also when they say it from different days on. */
function isSame(kind: KeyedKind, one: JsonRow, other: JsonRow): boolean {
  const content = kind.kind === 'employee' ? EMPLOYEE_STATE : kind.columns;
  return rowText(one, content) === rowText(other, content);
}

const EMPLOYEE_STATE = ['account', 'employee_id', 'name', 'department', 'status'];

/** The roster row in force on the first day of `row`, if there is one: repeating it is no news. */
function inForce(kind: KeyedKind, row: JsonRow, current: ReadonlyMap<string, JsonRow>): JsonRow | undefined {
  if (kind.kind !== 'employee') return undefined;
  let found: JsonRow | undefined;
  for (const other of current.values()) {
    if (other['account'] !== row['account'] || other['employee_id'] !== row['employee_id']) continue;
    if (String(other['valid_from']) > String(row['valid_from'])) continue;
    if (found === undefined || String(other['valid_from']) > String(found['valid_from'])) found = other;
  }
  return found !== undefined && rowText(found, EMPLOYEE_STATE) === rowText(row, EMPLOYEE_STATE)
    ? found
    : undefined;
}

/** A push callback tells of one end of a broadcast and leaves the other as it was; a start that is repeated undoes no stop. */
function withOtherBound(kind: KeyedKind, row: JsonRow, before: JsonRow | undefined): JsonRow {
  if (kind.kind !== 'live' || row['told_by'] !== 'callback' || before === undefined) return row;
  const kept = (column: string): JsonValue => {
    const [now, then] = [row[column] ?? null, before[column] ?? null];
    return now === null && then !== null ? Number(then) : now;
  };
  const ended = kept('ended_at');
  const repeated = ended !== null && row['ended_at'] === null;
  const status = repeated ? (before['status'] ?? null) : (row['status'] ?? null);
  return { ...row, started_at: kept('started_at'), ended_at: ended, status };
}

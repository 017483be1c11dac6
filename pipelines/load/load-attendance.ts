import type { AttendanceScope, CanonicalAttendance } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { insertJsonRows, jsonRow, rowText, type JsonRow, type JsonValue } from './json-rows.js';
import type { RecordBatch } from './load-result.js';
import type { Viewers } from './viewers.js';

const CONTENT = [
  ...['account', 'live_id', 'scope', 'viewer_key', 'employee_id', 'name_key', 'department', 'viewer_type'],
  ...['watch_seconds', 'replay_seconds', 'commented', 'mic', 'inviter', 'first_enter_at', 'last_leave_at'],
];
const INSTANTS = ['first_enter_at', 'last_leave_at'];
/** A newer list shorter than this share of the old one is held (PRODUCT §4 Restatement). */
const SHRINK_LIMIT = 0.7;

/** What decides how a whole watch list meets the one before. */
export interface ListOptions {
  readonly exportedAt: number;
  readonly scopes: readonly AttendanceScope[];
  readonly acceptShrink: boolean;
}

/** `held`: the list waits for --accept-shrink and nothing was stored. */
export interface ListResult {
  readonly held: boolean;
}

/**
 * Stores a whole watch list of one or more lives: the rows first, then the heads, so that a reader sees the old or the
 * new list. Equal rows are duplicates, also in a newer list; so are all rows of an older one, which changes nothing.
 */
export async function loadAttendance(
  warehouse: Warehouse,
  viewers: Viewers,
  batch: RecordBatch,
  options: ListOptions,
  accepted: Uint8Array,
): Promise<ListResult> {
  const rows = batch.records.flatMap((record, index) =>
    record.kind === 'attendance' ? [{ index, record, row: attendanceRow(record) }] : [],
  );
  if (rows.length === 0) return { held: false };
  const lives = [...new Set(rows.map(({ record }) => record.live_id))];
  const stored = await warehouse.query(loadSql('load/current-attendance'), jsonRow, { lives });
  const heads = await warehouse.query(loadSql('load/attendance-heads'), jsonRow, { lives });
  const known = new Set(stored.map((row) => rowText(row, CONTENT)));
  const lists = new Map<string, { account: string; live_id: string }>();
  for (const { record } of rows) lists.set(`${record.account}\u0000${record.live_id}`, record);
  const newer: { account: string; live_id: string }[] = [];
  for (const list of lists.values()) {
    const covered = (row: JsonRow): boolean =>
      row['account'] === list.account &&
      row['live_id'] === list.live_id &&
      options.scopes.some((scope) => scope === row['scope']);
    if (heads.some((head) => covered(head) && Number(head['exported_at']) > options.exportedAt)) continue;
    const before = stored.filter(covered).length;
    const now = rows.filter(({ row }) => covered(row)).length;
    if (now < before * SHRINK_LIMIT && !options.acceptShrink) return { held: true };
    newer.push(list);
  }
  const replaced = rows.filter(({ record }) =>
    newer.some((list) => list.account === record.account && list.live_id === record.live_id),
  );
  for (const { index, row } of replaced) if (!known.has(rowText(row, CONTENT))) accepted[index] = 1;
  await insertJsonRows(
    warehouse,
    'wxlive_store.attendance_store',
    [...CONTENT, 'viewer', 'snapshot', 'batch_seq'],
    INSTANTS,
    replaced.map(({ record, row }) => ({
      ...row,
      viewer: viewers.viewerOf(record.viewer_key),
      snapshot: batch.batchSeq,
      batch_seq: batch.batchSeq,
    })),
  );
  await insertJsonRows(
    warehouse,
    'wxlive_store.attendance_heads_store',
    ['account', 'live_id', 'scope', 'snapshot', 'exported_at', 'batch_seq'],
    ['exported_at'],
    newer.flatMap(({ account, live_id }) =>
      options.scopes.map((scope) => ({
        account,
        live_id,
        scope,
        snapshot: batch.batchSeq,
        exported_at: options.exportedAt,
        batch_seq: batch.batchSeq,
      })),
    ),
  );
  return { held: false };
}

function attendanceRow(record: CanonicalAttendance): JsonRow {
  const values: Readonly<Record<string, JsonValue>> = { ...record };
  return Object.fromEntries(CONTENT.map((column) => [column, values[column] ?? null]));
}

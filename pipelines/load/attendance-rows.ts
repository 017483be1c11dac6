import type { CanonicalAttendance } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import { insertJsonRows, type JsonRow, type JsonValue } from './json-rows.js';
import type { Viewers } from './viewers.js';

/** What makes a row of a watch list equal to another. */
export const ATTENDANCE_CONTENT = [
  ...['account', 'live_id', 'scope', 'viewer_key', 'employee_id', 'name_key', 'department', 'viewer_type'],
  ...['watch_seconds', 'replay_seconds', 'commented', 'mic', 'inviter', 'first_enter_at', 'last_leave_at'],
];
const INSTANTS = ['first_enter_at', 'last_leave_at'];

/** How the table, whose column takes no null, keeps a watch time that the list does not give; the view shows null. */
const NO_WATCH_TIME = -1;

export function attendanceRow(record: CanonicalAttendance): JsonRow {
  const values: Readonly<Record<string, JsonValue>> = {
    ...record,
    watch_seconds: record.watch_seconds ?? NO_WATCH_TIME,
  };
  return Object.fromEntries(ATTENDANCE_CONTENT.map((column) => [column, values[column] ?? null]));
}

/** Stores rows of watch lists; a reader sees them once a head names their snapshot. */
export async function storeWatchers(
  warehouse: Warehouse,
  viewers: Viewers,
  batchSeq: number,
  rows: readonly { readonly record: CanonicalAttendance; readonly snapshot: number }[],
): Promise<void> {
  await insertJsonRows(
    warehouse,
    'wxlive_store.attendance_store',
    [...ATTENDANCE_CONTENT, 'viewer', 'snapshot', 'batch_seq'],
    INSTANTS,
    rows.map(({ record, snapshot }) => ({
      ...attendanceRow(record),
      viewer: viewers.viewerOf(record.viewer_key),
      snapshot,
      batch_seq: batchSeq,
    })),
  );
}

/** A list that counts from now on. */
export interface ListHead {
  readonly account: string;
  readonly live_id: string;
  readonly scope: string;
  readonly snapshot: number;
  /** UTC ms. */
  readonly exported_at: number;
}

export async function storeHeads(
  warehouse: Warehouse,
  batchSeq: number,
  heads: readonly ListHead[],
): Promise<void> {
  await insertJsonRows(
    warehouse,
    'wxlive_store.attendance_heads_store',
    ['account', 'live_id', 'scope', 'snapshot', 'exported_at', 'batch_seq'],
    ['exported_at'],
    heads.map((head) => ({ ...head, batch_seq: batchSeq })),
  );
}

import type { AttendanceScope, CanonicalAttendance } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { amendAttendance } from './amend-attendance.js';
import { ATTENDANCE_CONTENT, attendanceRow, storeHeads, storeWatchers } from './attendance-rows.js';
import { jsonRow, rowText, type JsonRow } from './json-rows.js';
import type { RecordBatch } from './load-result.js';
import { writeRestatements, type Restatement, type RestatementOutcome } from './restatements.js';
import type { Viewers } from './viewers.js';

/** A newer list shorter than this share of the old one is held (PRODUCT §4 Restatement). */
export const SHRINK_LIMIT = 0.7;

/** What decides how a whole watch list meets the one before. */
export interface ListOptions {
  readonly exportedAt: number;
  readonly scopes: readonly AttendanceScope[];
  readonly acceptShrink: boolean;
}

/** `held`: the list waits for --accept-shrink and nothing was stored. */
export interface ListResult {
  readonly held: boolean;
  /** Rows of a viewer whom the list names twice with other figures: the first counts. */
  readonly conflicts: number;
}

interface WatcherRow {
  readonly index: number;
  readonly record: CanonicalAttendance;
  readonly row: JsonRow;
}

/** The list of one live, as far as the batch states it. */
interface List {
  readonly account: string;
  readonly live_id: string;
  readonly outcome: 'older' | 'held' | 'replaces';
  readonly restatements: readonly Restatement[];
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
  const listed = batch.records.flatMap((record, index) =>
    record.kind === 'attendance' ? [{ index, record, row: attendanceRow(record) }] : [],
  );
  const nobody = batch.records.filter((record) => record.kind === 'watch_list');
  if (listed.length + nobody.length === 0) return { held: false, conflicts: 0 };
  if (batch.amends !== undefined) {
    const amended = await amendAttendance(warehouse, viewers, batch, batch.amends, options, accepted);
    return { ...amended, conflicts: 0 };
  }
  const { rows, conflicts } = firstOfEach(listed);
  const named = new Map<string, Pick<CanonicalAttendance, 'account' | 'live_id'>>();
  for (const one of [...nobody, ...rows.map(({ record }) => record)]) {
    named.set(listKey(one.account, one.live_id), one);
  }
  const lives = [...new Set([...named.values()].map(({ live_id }) => live_id))];
  const stored = await warehouse.query(loadSql('load/current-attendance'), jsonRow, { lives });
  const heads = await warehouse.query(loadSql('load/attendance-heads'), jsonRow, { lives });
  const known = new Set(stored.map((row) => rowText(row, ATTENDANCE_CONTENT)));
  const resumed = heads.filter(
    (head) =>
      Number(head['snapshot']) === batch.batchSeq && options.scopes.some((scope) => scope === head['scope']),
  );
  if (resumed.length > 0) await acceptAgain(warehouse, batch.batchSeq, rows, accepted);
  for (const head of resumed) named.delete(listKey(String(head['account']), String(head['live_id'])));
  const lists = [...named.values()].map(({ account, live_id }) =>
    judge({ account, live_id }, rows, stored, heads, options),
  );
  const held = lists.some(({ outcome }) => outcome === 'held');
  const told = lists.flatMap(({ outcome, restatements }) => (held && outcome !== 'held' ? [] : restatements));
  await writeRestatements(warehouse, batch.batchSeq, told);
  if (held) return { held: true, conflicts: 0 };
  const newer = lists.filter(({ outcome }) => outcome === 'replaces');
  const replacing = new Set(newer.map(({ account, live_id }) => listKey(account, live_id)));
  const replaced = rows.filter(({ record }) => replacing.has(listKey(record.account, record.live_id)));
  for (const { index, row } of replaced)
    if (!known.has(rowText(row, ATTENDANCE_CONTENT))) accepted[index] = 1;
  const snapshot = batch.batchSeq;
  await storeWatchers(
    warehouse,
    viewers,
    batch.batchSeq,
    replaced.map(({ record }) => ({ record, snapshot })),
  );
  const { exportedAt: exported_at, scopes } = options;
  await storeHeads(
    warehouse,
    batch.batchSeq,
    newer.flatMap(({ account, live_id }) =>
      scopes.map((scope) => ({ account, live_id, scope, snapshot, exported_at })),
    ),
  );
  return { held: false, conflicts };
}

/** One row a viewer and live: the first of a list counts, later ones are duplicates. */
function firstOfEach(listed: readonly WatcherRow[]): { rows: readonly WatcherRow[]; conflicts: number } {
  const first = new Map<string, WatcherRow>();
  let conflicts = 0;
  for (const one of listed) {
    const key = rowText(one.row, WATCHER_KEY);
    const before = first.get(key);
    if (before === undefined) first.set(key, one);
    else if (rowText(before.row, ATTENDANCE_CONTENT) !== rowText(one.row, ATTENDANCE_CONTENT)) conflicts++;
  }
  return { rows: [...first.values()], conflicts };
}

const WATCHER_KEY = ['account', 'live_id', 'scope', 'viewer_key'];

/**
 * A killed loader had made the list count and comes back with it: it is what counts by now, so nothing of it looks new.
 * How many of its rows were new stands in what was written down before.
 */
async function acceptAgain(
  warehouse: Warehouse,
  batch: number,
  rows: readonly WatcherRow[],
  accepted: Uint8Array,
): Promise<void> {
  for (const list of await warehouse.query(loadSql('load/restated-lists'), jsonRow, { batch })) {
    const own = rows.filter(({ row }) => LIST_KEY.every((column) => row[column] === list[column]));
    for (const { index } of own.slice(0, Number(list['changed']))) accepted[index] = 1;
  }
}

const LIST_KEY = ['account', 'live_id', 'scope'];

/** Whether a list replaces what is there, and what that does in each of its scopes. */
function judge(
  { account, live_id }: { readonly account: string; readonly live_id: string },
  rows: readonly WatcherRow[],
  stored: readonly JsonRow[],
  heads: readonly JsonRow[],
  { exportedAt, scopes, acceptShrink }: ListOptions,
): List {
  const ofLive = (row: JsonRow): boolean => row['account'] === account && row['live_id'] === live_id;
  const ownHeads = heads.filter(ofLive);
  const halves = scopes.map((scope) => {
    const inScope = (row: JsonRow): boolean => ofLive(row) && row['scope'] === scope;
    const before = stored.filter(inScope);
    const now = rows.flatMap(({ row }) => (inScope(row) ? [row] : []));
    const knownBefore = new Set(before.map((row) => rowText(row, ATTENDANCE_CONTENT)));
    const watching = new Set(now.map((row) => row['viewer_key']));
    const head = ownHeads.find((one) => one['scope'] === scope);
    return {
      scope,
      exportedBefore: head === undefined ? null : Number(head['exported_at']),
      rows: now.length,
      rowsBefore: before.length,
      changed: now.filter((row) => !knownBefore.has(rowText(row, ATTENDANCE_CONTENT))).length,
      vanished: before.filter((row) => !watching.has(row['viewer_key'] ?? null)).length,
    };
  });
  const older = halves.some(({ exportedBefore }) => (exportedBefore ?? 0) > exportedAt);
  const sum = (count: 'rows' | 'rowsBefore'): number =>
    halves.reduce((total, half) => total + half[count], 0);
  const shrunk = sum('rows') < sum('rowsBefore') * SHRINK_LIMIT;
  const outcome = older ? 'older' : shrunk && !acceptShrink ? 'held' : 'replaces';
  const kept = ownHeads.find((head) => !scopes.some((scope) => scope === head['scope']));
  return {
    account,
    live_id,
    outcome,
    restatements: halves.map((half) => ({
      kind: 'attendance',
      platform: 'wecom',
      account,
      room_id: live_id,
      scope: half.scope,
      outcome: outcome === 'replaces' ? replacement(half, shrunk) : outcome,
      rows: half.rows,
      rows_before: half.rowsBefore,
      changed: outcome === 'replaces' ? half.changed : 0,
      vanished: outcome === 'replaces' ? half.vanished : 0,
      kept_scope: String(kept?.['scope'] ?? ''),
      exported_at: exportedAt,
      exported_before: half.exportedBefore,
    })),
  };
}

function replacement(
  half: { readonly exportedBefore: number | null; readonly changed: number; readonly vanished: number },
  shrunk: boolean,
): RestatementOutcome {
  if (half.exportedBefore === null) return 'first';
  if (half.changed === 0 && half.vanished === 0) return 'equal';
  return shrunk ? 'shrunk' : 'newer';
}

function listKey(account: string, liveId: string): string {
  return `${account}\u0000${liveId}`;
}

import { z } from 'zod';
import type { CanonicalAttendance } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { ATTENDANCE_CONTENT, attendanceRow, storeHeads, storeWatchers } from './attendance-rows.js';
import { jsonRow, rowText } from './json-rows.js';
import { SHRINK_LIMIT, type ListOptions, type ListResult } from './load-attendance.js';
import type { AmendedBatch, RecordBatch } from './load-result.js';
import { writeRestatements } from './restatements.js';
import type { Viewers } from './viewers.js';

const originRow = z.object({
  account: z.string(),
  live_id: z.string(),
  scope: z.string(),
  snapshot: z.coerce.number(),
  exported_at: z.coerce.number(),
  sha256: z.string(),
  watchers: z.coerce.number(),
});
type Origin = z.infer<typeof originRow>;

interface Watcher {
  readonly index: number;
  readonly record: CanonicalAttendance;
}

/**
 * Adds rows to the watch list that their file gave without them. A list that was replaced by a newer one since stays
 * as it is; where no list of that file came to count (all its rows were bad), the rows are the list, unless that would
 * shrink what is there.
 */
export async function amendAttendance(
  warehouse: Warehouse,
  viewers: Viewers,
  batch: RecordBatch,
  amends: AmendedBatch,
  options: ListOptions,
  accepted: Uint8Array,
): Promise<Pick<ListResult, 'held'>> {
  const rows = batch.records.flatMap((record, index) =>
    record.kind === 'attendance' ? [{ index, record }] : [],
  );
  const lives = [...new Set(rows.map(({ record }) => record.live_id))];
  const stored = await warehouse.query(loadSql('load/current-attendance'), jsonRow, { lives });
  const known = new Set(stored.map((row) => rowText(row, ATTENDANCE_CONTENT)));
  const origins = await warehouse.query(loadSql('load/list-origins'), originRow, { lives });
  const lists = new Map<string, Watcher[]>();
  for (const row of rows) {
    const { account, live_id, scope } = row.record;
    const key = JSON.stringify([account, live_id, scope]);
    lists.set(key, [...(lists.get(key) ?? []), row]);
  }
  const joining = [...lists.values()].flatMap((list) => {
    const origin = origins.find((one) => isOf(one, list));
    const place = placeOf(origin, amends, options, batch.batchSeq);
    return place === 'older' ? [] : [{ list, origin, ...place }];
  });
  const shrinks = joining.some(
    ({ list, origin, isNew }) => isNew && list.length < (origin?.watchers ?? 0) * SHRINK_LIMIT,
  );
  if (shrinks && !options.acceptShrink) return { held: true };
  const fresh = joining.map((one) => ({
    ...one,
    list: one.list.filter(({ record }) => !known.has(rowText(attendanceRow(record), ATTENDANCE_CONTENT))),
  }));
  for (const { list } of fresh) for (const { index } of list) accepted[index] = 1;
  await writeRestatements(
    warehouse,
    batch.batchSeq,
    fresh.flatMap(({ list, origin }) => {
      const [first] = list;
      if (first === undefined) return [];
      const { account, live_id, scope } = first.record;
      return [
        {
          kind: 'attendance' as const,
          platform: 'wecom',
          account,
          room_id: live_id,
          scope,
          outcome: origin === undefined ? ('first' as const) : ('newer' as const),
          rows: list.length,
          rows_before: origin?.watchers ?? 0,
          changed: list.length,
          vanished: 0,
          kept_scope: '',
          exported_at: options.exportedAt,
          exported_before: origin?.exported_at ?? null,
        },
      ];
    }),
  );
  // A new list holds also what the old one had alike; an old list gets only what it lacks.
  const written = joining.map((one, at) => (one.isNew ? one.list : (fresh[at]?.list ?? [])));
  await storeWatchers(
    warehouse,
    viewers,
    batch.batchSeq,
    joining.flatMap(({ snapshot }, at) => (written[at] ?? []).map(({ record }) => ({ record, snapshot }))),
  );
  await storeHeads(
    warehouse,
    batch.batchSeq,
    joining.flatMap(({ list, isNew, snapshot }) => {
      const [first] = list;
      if (first === undefined || !isNew) return [];
      const { account, live_id, scope } = first.record;
      return [{ account, live_id, scope, snapshot, exported_at: options.exportedAt }];
    }),
  );
  return { held: false };
}

function isOf(origin: Origin, [first]: readonly Watcher[]): boolean {
  return (
    origin.account === first?.record.account &&
    origin.live_id === first.record.live_id &&
    origin.scope === first.record.scope
  );
}

/** Into which list the rows go: the one of their own file, a new one, or none because a newer one counts. */
function placeOf(
  origin: Origin | undefined,
  amends: AmendedBatch,
  options: ListOptions,
  batchSeq: number,
): { readonly snapshot: number; readonly isNew: boolean } | 'older' {
  if (origin === undefined) return { snapshot: batchSeq, isNew: true };
  const own = amends.sha256 !== '' && origin.sha256 === amends.sha256;
  if (own || origin.exported_at === options.exportedAt) return { snapshot: origin.snapshot, isNew: false };
  return origin.exported_at > options.exportedAt ? 'older' : { snapshot: batchSeq, isNew: true };
}

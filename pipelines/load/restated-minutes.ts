import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { rowText, type JsonRow } from './json-rows.js';
import type { Restatement } from './restatements.js';

const ROOM = ['platform', 'account', 'room_id', 'source'];

/**
 * How minute figures of a batch met those that were there, by room and source: a newer figure replaces the older one, a
 * minute that is absent stays.
 *
 * @param rows all of the batch
 * @param stored what counted before, of the rooms of the batch
 * @param fresh those of `rows` that count from now on
 */
export function restatedMinutes(
  rows: readonly JsonRow[],
  stored: readonly JsonRow[],
  fresh: readonly JsonRow[],
): readonly Restatement[] {
  const [before, changed] = [countByRoom(stored), countByRoom(fresh)];
  return [...countByRoom(rows)].map(([key, { first, count, exportedAt }]) => {
    const old = before.get(key);
    const changes = changed.get(key)?.count ?? 0;
    const outcome =
      old === undefined ? 'first' : changes > 0 ? 'newer' : exportedAt < old.exportedAt ? 'older' : 'equal';
    return {
      kind: 'minutes',
      platform: String(first['platform']),
      account: String(first['account']),
      room_id: String(first['room_id']),
      scope: String(first['source']),
      outcome,
      rows: count,
      rows_before: old?.count ?? 0,
      changed: changes,
      vanished: 0,
      kept_scope: '',
      exported_at: exportedAt,
      exported_before: old?.exportedAt ?? null,
    };
  });
}

const toldRow = z.object({
  platform: z.string(),
  account: z.string(),
  room_id: z.string(),
  source: z.string(),
  outcome: z.enum(['first', 'newer', 'equal', 'older']),
  rows: z.coerce.number(),
  rows_before: z.coerce.number(),
  exported_at: z.coerce.number(),
  exported_before: z.coerce.number().nullable(),
});

/**
 * What a batch does to rooms of which it has stored minutes already: a message that a killed loader had stored comes
 * again, or a file comes in several. What was there before the first of them is what was there before the batch.
 *
 * @param told how the minutes that came now met what was there
 * @param stored what counted then
 */
export async function withEarlierParts(
  warehouse: Warehouse,
  batchSeq: number,
  told: readonly Restatement[],
  stored: readonly JsonRow[],
): Promise<readonly Restatement[]> {
  const own = countByRoom(stored.filter((row) => Number(row['batch_seq']) === batchSeq));
  if (own.size === 0) return told;
  const rows = await warehouse.query(loadSql('load/restated-minutes'), toldRow, { batch: batchSeq });
  const earlier = new Map(rows.map((row) => [rowText(row, ROOM), row]));
  return told.map((now) => {
    const key = rowText({ ...now, source: now.scope }, ROOM);
    const before = earlier.get(key);
    if (before === undefined) return now;
    // A minute that the batch states twice, another time each, is counted twice: no export has one.
    const changed = (own.get(key)?.count ?? 0) + now.changed;
    return {
      ...now,
      outcome: before.outcome === 'first' ? 'first' : changed > 0 ? 'newer' : now.outcome,
      rows: Math.max(now.rows, before.rows, changed),
      rows_before: before.rows_before,
      changed,
      exported_at: Math.max(now.exported_at, before.exported_at),
      exported_before: before.exported_before,
    };
  });
}

interface RoomCount {
  readonly first: JsonRow;
  count: number;
  /** The newest among its rows, UTC ms. */
  exportedAt: number;
}

function countByRoom(rows: readonly JsonRow[]): Map<string, RoomCount> {
  const rooms = new Map<string, RoomCount>();
  for (const row of rows) {
    const key = rowText(row, ROOM);
    const exportedAt = Number(row['exported_at']);
    const room = rooms.get(key);
    if (room === undefined) rooms.set(key, { first: row, count: 1, exportedAt });
    else {
      room.count++;
      room.exportedAt = Math.max(room.exportedAt, exportedAt);
    }
  }
  return rooms;
}

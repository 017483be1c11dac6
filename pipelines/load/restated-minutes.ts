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

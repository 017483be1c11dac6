import type { ScratchEvent } from '../reports/analyses/scratch-warehouse.js';

/** Counts by `platform/account/room/minute/key`, of events that are in the scope already. */
export function oracleHeatmap(
  events: readonly ScratchEvent[],
  rows: 'action' | 'goods_id',
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) {
    const room = event.room_id ?? '';
    if (room === '') continue;
    if (rows === 'action' && event.event === 'live_heartbeat') continue;
    const key = rows === 'action' ? event.event : (event.goods_id ?? '');
    if (key === '') continue;
    const minute = new Date(event.time).toISOString().slice(0, 16);
    const cell = [event.platform ?? 'miniprogram', event.account ?? 'default', room, minute, key].join('/');
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}

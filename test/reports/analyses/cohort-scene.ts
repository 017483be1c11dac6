import type { Warehouse } from '../../../sql/index.js';
import { createRandom } from '../../oracles/random.js';

import { insertEvents, type ScratchEvent } from './scratch-warehouse.js';

const HOUR = 3_600_000;
/** A Thursday's midnight in Beijing, the month's last days. */
export const SCENE_START = Date.parse('2026-10-29T00:00:00+08:00');
export const SCENE_DAYS = 8;

export interface SceneLive {
  readonly platform: string;
  readonly account: string;
  readonly room: string;
  readonly id: string;
  readonly from: number;
  readonly to: number | null;
}

/** Broadcasts: over midnight, twice a day, of the same id in two accounts, without an end. */
export const SCENE_LIVES: readonly SceneLive[] = [
  { platform: 'miniprogram', account: 'default', room: '1', id: 'L1', from: 20 * HOUR, to: 26 * HOUR },
  { platform: 'miniprogram', account: 'default', room: '1', id: 'L2', from: 60 * HOUR, to: 62 * HOUR },
  { platform: 'miniprogram', account: 'default', room: '1', id: 'L3', from: 66 * HOUR, to: 68 * HOUR },
  { platform: 'miniprogram', account: 'second', room: '1', id: 'L1', from: 40 * HOUR, to: 41 * HOUR },
  { platform: 'miniprogram', account: 'second', room: '2', id: 'L9', from: 130 * HOUR, to: null },
].map((live) => ({
  ...live,
  from: SCENE_START + live.from,
  to: live.to === null ? null : SCENE_START + live.to,
}));

/** People of many small stories over eight days: ties, duplicated moments, linked ids, midnights, crawlers. */
export function randomStories(seed: number, people: number): ScratchEvent[] {
  const random = createRandom(seed);
  const events: ScratchEvent[] = [];
  const pick = <Value>(values: readonly Value[], fallback: Value): Value =>
    values[random(values.length)] ?? fallback;
  for (let person = 1; person <= people; person += 1) {
    const hasTwoIds = random(5) === 0;
    for (let index = random(9); index > 0; index -= 1) {
      const event = pick(
        ['live_enter', 'live_enter', 'live_enter', 'live_heartbeat', 'live_like', 'goods_click', 'order_pay'],
        'live_enter',
      );
      const entry = event === 'live_enter';
      const content = entry ? pick(['', 'a', 'a', 'b', 'b', 'c'], '') : '';
      events.push({
        event_id: `e${random(50)}-${person}-${index}`,
        person,
        ...(hasTwoIds && random(2) === 0 ? { linked_id: 1_000_000 + person } : {}),
        event,
        // Around every second hour, some on the very hour: midnights, starts and ends of lives among them.
        time: SCENE_START + random(SCENE_DAYS * 12) * 2 * HOUR + pick([-1, 0, 0, 1, 20_000, 61_000], 0),
        platform: random(9) === 0 ? 'kandian' : 'miniprogram',
        account: random(4) === 0 ? 'second' : 'default',
        room_id: pick(['', '1', '1', '2'], ''),
        utm_source: content === '' ? '' : 'poster',
        utm_campaign: content === '' ? '' : pick(['p1', 'p1', 'p2'], 'p1'),
        utm_content: content,
        goods_id: event === 'goods_click' || random(9) === 0 ? pick(['g1', 'g2', ''], '') : '',
        amount_fen: event === 'order_pay' ? pick([null, 0, 100, 2500, 99], 0) : null,
        scene: random(15) === 0 ? 1129 : null,
      });
    }
  }
  return events;
}

export async function insertScene(warehouse: Warehouse, events: readonly ScratchEvent[]): Promise<void> {
  await insertEvents(warehouse, events);
  const instant = (time: number): string => new Date(time).toISOString().replace('T', ' ').replace('Z', '');
  const rows = SCENE_LIVES.map(({ platform, account, room, id, from, to }) => ({
    platform,
    account,
    room_id: room,
    live_id: id,
    told_by: 'info',
    started_at: instant(from),
    ended_at: to === null ? null : instant(to),
    batch_seq: 1,
  }));
  await warehouse.insert({
    table: 'wxlive_store.lives_store',
    columns: Object.keys(rows[0] ?? {}),
    format: 'JSONEachRow',
    body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
  });
}

export function beijingDay(time: number): string {
  return new Date(time + 8 * HOUR).toISOString().slice(0, 10);
}

/** The live an event belongs to, in the words of PRODUCT §4; null without a room. */
export function liveOf(event: ScratchEvent): { key: string; from: number | null } | null {
  const room = event.room_id ?? '';
  if (room === '') return null;
  const own = SCENE_LIVES.filter(
    (live) =>
      live.platform === (event.platform ?? 'miniprogram') &&
      live.account === (event.account ?? 'default') &&
      live.room === room,
  );
  const live =
    own.find(({ from, to }) => from <= event.time && (to === null || event.time < to)) ??
    own
      .filter(({ from }) => from <= event.time && beijingDay(from) === beijingDay(event.time))
      .sort((left, right) => right.from - left.from)[0];
  const place = `${event.platform ?? 'miniprogram'}/${event.account ?? 'default'}`;
  if (live === undefined) return { key: `${place}/${room}@${beijingDay(event.time)}`, from: null };
  return { key: `${place}/${live.id}`, from: live.from };
}

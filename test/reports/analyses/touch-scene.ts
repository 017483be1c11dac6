import { createRandom } from '../../oracles/random.js';

import type { ScratchEvent } from './scratch-warehouse.js';

/** Midnight of Beijing. */
export const START = Date.parse('2026-11-23T00:00:00+08:00');
const HOUR = 3_600_000;

/** People who come by several channels over three days and buy, or not: touches, ties, entries without evidence. */
export function randomVisits(seed: number, people: number): ScratchEvent[] {
  const random = createRandom(seed);
  const events: ScratchEvent[] = [];
  for (let person = 0; person < people; person += 1) {
    for (let index = random(8); index > 0; index -= 1) {
      const source = ['', '', 'a', 'b', 'c'][random(5)] ?? '';
      const event =
        ['live_enter', 'live_enter', 'link_click', 'goods_click', 'order_pay', 'order_pay'][random(6)] ?? '';
      events.push({
        event_id: `v${random(100)}-${person}-${index}`,
        person,
        event,
        time: START + random(12) * 6 * HOUR + random(3),
        account: random(6) === 0 ? 'second' : 'default',
        room_id: ['1', '2'][random(2)] ?? '',
        utm_source: event === 'order_pay' ? '' : source,
        utm_medium: source === 'b' && event !== 'order_pay' ? 'poster' : '',
        utm_campaign: source !== '' && event !== 'order_pay' ? (['', 'autumn'][random(2)] ?? '') : '',
        amount_fen: event === 'order_pay' ? (random(5) === 0 ? null : random(10_000)) : null,
        scene: random(15) === 0 ? 1129 : null,
      });
    }
  }
  return events;
}

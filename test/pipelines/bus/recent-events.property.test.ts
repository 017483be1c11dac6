import { expect, it } from 'vitest';
import { RecentEvents } from '../../../pipelines/bus/recent-events.js';
import { seededRandom } from '../../seeded-random.js';
import { events } from '../consume/kafka-bench.js';

it('recent events are those that were taken before, whatever account and adapter they have', () => {
  const random = seededRandom(20_261_125);
  const recent = new RecentEvents();
  const seen = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const records = Array.from({ length: 500 }, () => {
      const [event] = events(`account${random.below(3)}`, random.below(8_000), 1);
      if (event === undefined) throw new Error('no event was made');
      return { ...event, adapter: random.below(2) === 0 ? ('events' as const) : ('sensors' as const) };
    });
    const expected = records.map(({ account, adapter, event_id }) => {
      const id = `${account} ${adapter} ${event_id}`;
      const fresh = !seen.has(id);
      seen.add(id);
      return fresh ? 1 : 0;
    });
    expect([...recent.take(records)]).toEqual(expected);
  }
  expect(seen.size).toBeGreaterThan(15_000);
});

it('the oldest are forgotten, those of the last generation never; other records are no events', () => {
  const recent = new RecentEvents(2_000);
  const known = (from: number): number =>
    recent.take(events('a', from, 10)).filter((one) => one === 0).length;
  recent.take(events('a', 0, 2_500));
  // One generation on, the first are still known; two on, they are not.
  expect([known(0), known(2_400)]).toEqual([10, 10]);
  recent.take(events('a', 3_000, 2_500));
  expect(known(2_400)).toBe(10);
  recent.take(events('a', 6_000, 2_500));
  expect(known(0)).toBe(0);
  const link = { kind: 'identity_link', linked: [], observed_at: 1, adapter: 'sensors' } as const;
  expect([...recent.take([link, link])]).toEqual([1, 1]);
});

import { describe, expect, it } from 'vitest';
import { ownEventSource } from '../../../pipelines/sources/own-event.js';
import { ownEventSchema } from '../../../schemas/sources/own-event.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import { contextOf, RECEIVED_AT } from './sample-rows.js';

const odd: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  '0',
  'null',
  'NULL',
  'undefined',
  '未取到值',
  '-',
  '--',
  0,
  -0,
  1,
  -1,
  1.5,
  true,
  false,
  {},
  [],
  ['a'],
  [1],
  2 ** 53,
  2 ** 53 - 1,
  1e15,
  Number.POSITIVE_INFINITY,
  'a\ud800',
  '\0',
  'a\0b',
  'x'.repeat(100),
  'x'.repeat(101),
  'x'.repeat(129),
  '👏'.repeat(100),
  '👏'.repeat(128),
  '👏'.repeat(129),
  'miniprogram',
  ' kandian ',
  'douyin',
  '1007',
  'wx-1007',
  'scn:1007',
  '99999',
  70_000,
  RECEIVED_AT,
  String(RECEIVED_AT),
  RECEIVED_AT / 1000,
  '2026-09-10T00:00:00Z',
  '2026-09-10 00:00:00',
  '{"a":1}',
  '{"a":{}}',
  '[1]',
  '{',
  '12.5',
  '1,000',
  '19.90',
  9_007_199_254_740_991,
  2_678_401,
  [null],
  { a: null },
];
const fields = [
  'event_id',
  'event',
  'time',
  'unionid',
  'openid',
  'user_id',
  'anonymous_id',
  'account',
  'platform',
  'room_id',
  'scene',
  'query',
  'props',
  'other',
];
const propNames = ['goods_id', 'order_id', 'refund_id', 'amount_fen', 'watch_seconds', 'tier'];

function randomEvent(random: SeededRandom): unknown {
  const event: Record<string, unknown> = {
    event_id: 'e',
    event: 'live_like',
    time: RECEIVED_AT,
    openid: 'oX',
    props: { tier: 'vip' },
  };
  for (let changes = random.below(4); changes > 0; changes -= 1) {
    if (random.chance(0.4)) {
      event['props'] = { tier: 'vip', [random.pick(propNames)]: random.pick(odd) };
    } else event[random.pick(fields)] = random.pick(odd);
  }
  return withoutUndefined(event);
}

/** JSON has no undefined; 1e400 it has. */
function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(pairs.map(([key, item]) => [key, withoutUndefined(item)]));
}

describe('own events', () => {
  it('are taken by the adapter exactly when the schema takes them', () => {
    const random = seededRandom(20_260_909);
    const schema = ownEventSchema({ receivedAt: RECEIVED_AT, zone: null });
    const context = contextOf(ownEventSource);
    let taken = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const value = randomEvent(random);
      const outcome = ownEventSource.normalize({ from: 'json', value }, context);
      const byHand = outcome.ok ? 'taken' : 'refused';
      if (outcome.ok) taken += 1;
      expect(`${byHand} ${JSON.stringify(value)}`).toBe(
        `${schema.safeParse(value).success ? 'taken' : 'refused'} ${JSON.stringify(value)}`,
      );
    }
    expect(taken).toBeGreaterThan(4_000);
    expect(taken).toBeLessThan(16_000);
  });
});

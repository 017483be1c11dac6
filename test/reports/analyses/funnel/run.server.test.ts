import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { funnel } from '../../../../reports/analyses/funnel/run.js';
import { parseSpec, type FunnelResult } from '../../../../schemas/index.js';
import { runAnalysis } from '../run-analysis.js';
import {
  insertEvents,
  openScratchWarehouse,
  viewerOf,
  ZONE,
  type ScratchEvent,
  type ScratchWarehouse,
} from '../scratch-warehouse.js';
import { oracleFunnel } from '../../../oracles/funnel-report.js';
import { createRandom } from '../../../oracles/random.js';

const START = Date.parse('2026-11-23T23:59:59.990+08:00');
let scratch: ScratchWarehouse;
const events: ScratchEvent[] = [];

beforeAll(async () => {
  const random = createRandom(7);
  const names = ['live_enter', 'goods_click', 'order_pay', 'live_like', 'live_heartbeat', 'order_refund'];
  for (let person = 0; person < 150; person += 1) {
    const count = random(9);
    for (let index = 0; index < count; index += 1) {
      events.push({
        event_id: `e${random(1000)}-${person}-${index}`,
        person,
        event: names[random(names.length)] ?? '',
        // Ties, a midnight, and a day later
        time: START + random(12) + (random(3) === 0 ? 86_400_000 : 0),
        account: random(5) === 0 ? 'second' : 'default',
        room_id: ['1', '2', ''][random(3)] ?? '',
        goods_id: ['', 'g1', 'g2'][random(3)] ?? '',
        utm_source: ['', 'a', 'b', 'c'][random(4)] ?? '',
        amount_fen: random(2) === 0 ? null : random(500),
        scene: random(12) === 0 ? 1129 : null,
        props:
          random(2) === 0
            ? {}
            : {
                size: ['inf', 'nan', ''][random(12)] ?? String(random(20)),
                tags: JSON.stringify(['x', 'y'].slice(random(3))),
              },
      });
    }
  }
  scratch = await openScratchWarehouse();
  await insertEvents(scratch.warehouse, [...events].reverse());
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

const SPECS: readonly unknown[] = [
  { steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }] },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
    window_seconds: 0.003,
  },
  { steps: [{ event: 'live_enter' }, { event: 'live_enter' }], window_seconds: 0.004 },
  { steps: [{ event: 'live_enter' }, { event: 'goods_click' }], order: 'strict' },
  {
    steps: [{ event: 'live_heartbeat' }, { event: 'goods_click' }, { event: 'live_like' }],
    order: 'strict',
    window_seconds: 3600,
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
    order: 'unordered',
    window_seconds: 0.006,
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
    exclusions: [
      { event: 'order_refund', from_step: 1, to_step: 2 },
      { event: 'live_like', from_step: 2 },
    ],
  },
  {
    steps: [
      { event: 'live_enter' },
      {
        name: 'any',
        any_of: [
          { event: 'goods_click' },
          { event: 'live_enter', where: [{ field: 'goods_id', op: 'eq', value: 'g1' }] },
        ],
      },
    ],
    breakdown: { field: 'goods_id', attribution: 'last' },
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }],
    breakdown: { field: 'utm_source', attribution: 'first', limit: 2 },
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }],
    breakdown: { field: 'props.size', attribution: 'step', step: 2, limit: 3 },
  },
  { steps: [{ event: 'goods_click' }, { event: 'order_pay' }], correlate: 'goods_id' },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }],
    breakdown: { field: 'props.tags', attribution: 'last' },
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }],
    correlate: 'room_id',
    breakdown: { field: 'utm_source' },
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
    correlate: { field: 'goods_id', from_step: 2 },
    trend: 'day',
  },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }],
    trend: 'day',
    from: '2026-11-22',
    to: '2026-11-26',
    window_seconds: 3600,
  },
  { steps: [{ event: 'live_enter' }, { event: 'goods_click' }], trend: 'week', order: 'unordered' },
  {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }],
    trend: 'month',
    exclusions: [{ event: 'live_like' }],
  },
  { steps: [{ event: 'live_enter' }], accounts: ['second'], rooms: ['1'] },
  { steps: [{ event: 'live_enter' }, { event: 'live_like' }], rooms: ['default:1', '2'] },
  { steps: [{ event: 'live_enter' }], from: '2026-11-24', to: '2026-11-24' },
  ...[
    { field: 'goods_id', op: 'ne', value: 'g1' },
    { field: 'goods_id', op: 'in', value: ['g1', 'g2'] },
    { field: 'goods_id', op: 'not_in', value: ['g1'] },
    { field: 'goods_id', op: 'contains', value: '1' },
    { field: 'goods_id', op: 'not_contains', value: '1' },
    { field: 'goods_id', op: 'starts_with', value: 'g' },
    { field: 'goods_id', op: 'regex', value: '[12]$' },
    { field: 'goods_id', op: 'gt', value: 'g1' },
    { field: 'goods_id', op: 'is_set' },
    { field: 'goods_id', op: 'is_not_set' },
    { field: 'amount_fen', op: 'gte', value: 250 },
    { field: 'amount_fen', op: 'lt', value: '250' },
    { field: 'amount_fen', op: 'ne', value: 7 },
    { field: 'amount_fen', op: 'not_in', value: [1, 2, 3] },
    { field: 'amount_fen', op: 'is_set' },
    { field: 'props.size', op: 'gt', value: 9 },
    { field: 'props.size', op: 'gt', value: '9' },
    { field: 'props.size', op: 'in', value: [3, '4'] },
    { field: 'props.tags', op: 'contains', value: 'x' },
    { field: 'props.tags', op: 'not_contains', value: 'x' },
    // An empty list is an empty value; a word is no number, not even that for no end.
    { field: 'props.tags', op: 'is_set' },
    { field: 'props.tags', op: 'is_not_set' },
    { field: 'props.tags', op: 'regex', value: '.' },
    { field: 'props.size', op: 'gte', value: 0 },
    { field: 'props.size', op: 'ne', value: 5 },
    { field: 'props.size', op: 'is_set' },
    { field: 'is_system', op: 'eq', value: false },
    { field: 'is_system', op: 'ne', value: true },
    { field: 'is_system', op: 'in', value: [true] },
    { field: 'room_id', op: 'lt', value: 2 },
    { field: 'goods_id', op: 'gte', value: 'g2' },
    { field: 'goods_id', op: 'lt', value: 'g2' },
    { field: 'goods_id', op: 'lte', value: 'g1' },
    { field: 'goods_id', op: 'contains', value: 'G' },
    { field: 'amount_fen', op: 'eq', value: 0 },
    { field: 'amount_fen', op: 'lte', value: 100 },
    { field: 'amount_fen', op: 'gt', value: 250 },
    { field: 'event_time', op: 'eq', value: '2026-11-24' },
    { field: 'event_time', op: 'ne', value: '2026-11-24' },
    { field: 'event_time', op: 'gte', value: '2026-11-24' },
    { field: 'event_time', op: 'lt', value: '2026-11-24' },
    { field: 'props.nothing', op: 'ne', value: 'x' },
    { field: 'event_time', op: 'gt', value: '2026-11-23' },
    { field: 'event_time', op: 'lte', value: '2026-11-23' },
    { field: 'viewer', op: 'in', value: [viewerOf(3), viewerOf(4)] },
  ].map((condition) => ({ steps: [{ event: 'live_enter' }, { event: 'goods_click' }], where: [condition] })),
];

describe('the funnel over the warehouse', () => {
  it.each(SPECS.map((spec) => [JSON.stringify(spec).slice(0, 150), spec] as const))(
    '%s',
    async (_name, input) => {
      const result = await run(input);
      const expected = oracleFunnel(events, spec(input), ZONE);
      expect(result.steps).toEqual(expected.steps);
      expect(result.breakdown).toEqual(expected.breakdown);
      expect(result.trend).toEqual(expected.trend);
    },
  );

  it('lists who stopped at a step', async () => {
    const input = { steps: [{ event: 'live_enter' }, { event: 'goods_click' }] };
    const outcome = await runAnalysis(funnel, scratch.warehouse, spec(input), {
      timeZone: ZONE,
      viewersAt: 1,
    });
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const { steps, viewers_at } = outcome.value;
    expect(viewers_at?.viewers).toHaveLength((steps[0]?.viewers ?? 0) - (steps[1]?.viewers ?? 0));
    expect(viewers_at?.viewers).toEqual(oracleFunnel(events, spec(input), ZONE).stoppedAt(1).map(viewerOf));
  });

  it('says why nobody is found', async () => {
    const steps = [{ event: 'live_enter' }];
    const zh = async (input: unknown): Promise<string> => (await run(input)).notes.join();
    expect(await zh({ steps, rooms: ['nowhere'] })).toContain('nowhere');
    expect(await zh({ steps, from: '2020-01-01', to: '2020-01-02' })).toBe('所选时间内没有数据');
    expect(await zh({ steps, where: [{ field: 'goods_id', op: 'eq', value: 'zzz' }] })).toBe(
      '筛选之后没有符合条件的事件',
    );
    expect(await zh({ steps: [{ event: 'live_entr' }] })).toContain('live_enter');
  });

  it.each([
    ['a later step', { steps: [{ event: 'live_enter' }, { event: 'goods_clik' }] }],
    [
      'an exclusion',
      {
        steps: [{ event: 'live_enter' }, { event: 'order_pay' }],
        exclusions: [{ event: 'goods_clik' }],
      },
    ],
    ['one of several', { steps: [{ any_of: [{ event: 'live_enter' }, { event: 'goods_clik' }] }] }],
  ])('names the event that nobody sent: %s', async (_where, input) => {
    const { steps, notes } = await run(input);
    expect(steps[0]?.viewers).toBeGreaterThan(0);
    expect(notes).toEqual([expect.stringMatching(/「goods_clik」（是否指 goods_click）/)]);
  });

  it('says nothing of names that are right', async () => {
    const input = {
      steps: [{ event: 'live_enter' }, { any_of: [{ event: 'goods_click' }, { event: 'order_pay' }] }],
      exclusions: [{ event: 'order_refund' }],
    };
    expect((await run(input)).notes).toEqual([]);
  });

  it('refuses fields, patterns and values that cannot be', async () => {
    const code = async (condition: unknown): Promise<string> => {
      const outcome = await runAnalysis(
        funnel,
        scratch.warehouse,
        spec({ steps: [{ event: 'a' }], where: [condition] }),
        { timeZone: ZONE },
      );
      return outcome.ok ? 'ok' : `${outcome.failure.code}: ${outcome.failure.message}`;
    };
    expect(await code({ field: 'utm_sorce', op: 'eq', value: 'x' })).toMatch(/^unknown_field: .*utm_source/);
    expect(await code({ field: 'touch.chanel', op: 'eq', value: 'x' })).toMatch(
      /^unknown_field: .*touch\.channel/,
    );
    expect(await code({ field: 'event', op: 'regex', value: '(' })).toMatch(/^bad_regex/);
    expect(await code({ field: 'amount_fen', op: 'gt', value: 'many' })).toMatch(/^bad_value/);
    expect(await code({ field: 'event_time', op: 'gt', value: 'noon' })).toMatch(/^bad_value/);
    expect(await code({ field: "x') OR 1=1 --", op: 'eq', value: '1' })).toMatch(/^unknown_field/);
  });

  async function run(input: unknown): Promise<FunnelResult> {
    const outcome = await runAnalysis(funnel, scratch.warehouse, spec(input), { timeZone: ZONE });
    if (!outcome.ok) throw new Error(outcome.failure.message);
    return outcome.value;
  }
  function spec(input: unknown): z.output<typeof funnel.spec> {
    const parsed = parseSpec(funnel.spec, input);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return parsed.value;
  }
});

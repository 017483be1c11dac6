import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { funnel } from '../../../../reports/analyses/funnel/run.js';
import { parseSpec, type FunnelResult } from '../../../../schemas/index.js';
import { migrate, typedByUser, type Warehouse } from '../../../../sql/index.js';
import { oracleFunnel } from '../../../oracles/funnel-report.js';
import { isSqlCaught } from '../mutating-warehouse.js';
import { runAnalysis } from '../run-analysis.js';
import {
  insertEvents,
  openScratchWarehouse,
  ZONE,
  type ScratchEvent,
  type ScratchWarehouse,
} from '../scratch-warehouse.js';
import { randomVisits, START } from '../touch-scene.js';

/** Funnels that look at touches, beside the brute force over events that carry what wxlive.event_touches says of them. */
const MONTH = 30 * 86_400_000;
/** New York's clocks go back ten days later. */
const OCTOBER = Date.parse('2026-10-22T00:00:00Z');
let scratch: ScratchWarehouse;
let events: readonly ScratchEvent[];
/** The same events, with the channel of their touch as goods_id and its medium as utm_medium. */
let touched: readonly ScratchEvent[];

const touchSchema = z.object({
  event_id: z.string(),
  channel: z.string().nullable(),
  utm_medium: z.string().nullable(),
});

beforeAll(async () => {
  const edge = (person: number, after: number): ScratchEvent[] => [
    { event_id: `t-${person}`, person, event: 'live_enter', time: START, utm_source: 'edge' },
    { event_id: `b-${person}`, person, event: 'order_pay', time: START + after },
  ];
  events = [
    ...randomVisits(11, 200),
    ...edge(900, MONTH),
    ...edge(901, MONTH + 1),
    // Two touches of one millisecond: the greater event id is the last.
    ...Array.from({ length: 8 }, (_, at): ScratchEvent[] => {
      const person = 910 + at;
      return [
        { event_id: `tie-${at}1`, person, event: 'link_click', time: START, utm_source: `smaller${at}` },
        { event_id: `tie-${at}2`, person, event: 'live_enter', time: START, utm_source: `greater${at}` },
        { event_id: `tie-${at}3`, person, event: 'order_pay', time: START },
      ];
    }).flat(),
    // Thirty days of 24 hours, also where clocks are put back between.
    { event_id: 'clock-1', person: 905, event: 'live_enter', time: OCTOBER, utm_source: 'edge' },
    { event_id: 'clock-2', person: 905, event: 'order_pay', time: OCTOBER + MONTH },
    { event_id: 'clock-3', person: 906, event: 'live_enter', time: OCTOBER, utm_source: 'edge' },
    { event_id: 'clock-4', person: 906, event: 'order_pay', time: OCTOBER + MONTH + 1 },
    // A scene that nobody knows is evidence, and no scene is none.
    { event_id: 'scene-1', person: 903, event: 'live_enter', time: START, scene: 0 },
    { event_id: 'scene-2', person: 903, event: 'order_pay', time: START + 1 },
    { event_id: 'none-1', person: 904, event: 'live_enter', time: START, scene: null },
    { event_id: 'none-2', person: 904, event: 'order_pay', time: START + 1 },
  ];
  scratch = await openScratchWarehouse();
  await insertEvents(scratch.warehouse, events);
  const rows = await scratch.warehouse.query(
    typedByUser('SELECT event_id, channel, utm_medium FROM wxlive.event_touches'),
    touchSchema,
  );
  const touches = new Map(rows.map((row) => [row.event_id, row]));
  touched = events.map((event) => ({
    ...event,
    goods_id: touches.get(event.event_id)?.channel ?? '',
    utm_medium: touches.get(event.event_id)?.utm_medium ?? '',
  }));
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

const PAY = [{ event: 'live_enter' }, { event: 'order_pay' }];
const CASES: readonly (readonly [touch: object, plain: object])[] = [
  ...(['first', 'last'] as const).map(
    (attribution) =>
      [
        { steps: PAY, window_seconds: 4_000_000, breakdown: { field: 'touch.channel', attribution } },
        { steps: PAY, window_seconds: 4_000_000, breakdown: { field: 'goods_id', attribution } },
      ] as const,
  ),
  [
    { steps: [{ event: 'order_pay' }], breakdown: { field: 'touch.channel', limit: 2 } },
    { steps: [{ event: 'order_pay' }], breakdown: { field: 'goods_id', limit: 2 } },
  ],
  [
    { steps: PAY, order: 'unordered', correlate: 'room_id', breakdown: { field: 'touch.utm_medium' } },
    { steps: PAY, order: 'unordered', correlate: 'room_id', breakdown: { field: 'utm_medium' } },
  ],
  [
    { steps: PAY, from: '2026-11-24', breakdown: { field: 'touch.channel' } },
    { steps: PAY, from: '2026-11-24', breakdown: { field: 'goods_id' } },
  ],
  [
    {
      steps: [{ event: 'live_enter' }, { event: 'order_pay', where: [condition('touch.channel', 'in')] }],
      breakdown: { field: 'touch.channel', attribution: 'last' },
    },
    {
      steps: [{ event: 'live_enter' }, { event: 'order_pay', where: [condition('goods_id', 'in')] }],
      breakdown: { field: 'goods_id', attribution: 'last' },
    },
  ],
  [
    { steps: PAY, where: [condition('touch.channel', 'not_in')] },
    { steps: PAY, where: [condition('goods_id', 'not_in')] },
  ],
];

describe('a funnel that looks at touches', () => {
  it.each(CASES)('%j', async (touch, plain) => {
    const result = await run(scratch.warehouse, touch);
    const expected = oracleFunnel(touched, specOf(plain), ZONE);
    expect(result.steps).toEqual(expected.steps);
    expect(result.breakdown).toEqual(expected.breakdown);
    expect(result.steps.at(-1)?.viewers).toBeGreaterThan(3);
  });

  it('knows a touch for thirty days to the millisecond', async () => {
    const { breakdown } = await run(scratch.warehouse, {
      steps: [{ event: 'order_pay' }],
      from: START + MONTH,
      to: START + MONTH + 10,
      breakdown: { field: 'touch.channel' },
    });
    expect(breakdown?.map(({ value }) => value).sort()).toEqual(['(none)', 'edge']);
  });

  it('tells a scene that nobody knows from none', async () => {
    const { breakdown } = await run(scratch.warehouse, {
      steps: PAY,
      from: START,
      to: START + 2,
      breakdown: { field: 'touch.channel' },
    });
    const values = breakdown?.map(({ value }) => value) ?? [];
    expect(values).toContain('unknown');
    expect(values).toContain('direct');
  });

  it('is caught when of touches that tie another one counts', async () => {
    const mutation = { file: 'funnel/distinct-touches.sql', from: 'touch_channel_key', to: 'toUInt64(0)' };
    const caught = await isSqlCaught(scratch.warehouse, mutation, async (changed) => {
      const [touch, plain] = CASES[0] ?? [{}, {}];
      const { breakdown } = await run(changed, touch);
      return (
        JSON.stringify(breakdown) === JSON.stringify(oracleFunnel(touched, specOf(plain), ZONE).breakdown)
      );
    });
    expect(caught).toBe(true);
  });

  it.each([
    ['toUnixTimestamp64Milli(touched_at)', 'toUnixTimestamp64Milli(touched_at) + 1'],
    ['22), toUInt64(0), toUInt64(0)', '22), toUInt64(1), toUInt64(0)'],
  ] as const)('is caught when viewer-steps-by-touch.sql has for %s: %s', async (from, to) => {
    const mutation = { file: 'funnel/viewer-steps-by-touch.sql', from, to };
    const caught = await isSqlCaught(scratch.warehouse, mutation, async (changed) => {
      for (const [touch, plain] of CASES.slice(0, 4)) {
        const result = await run(changed, touch);
        const expected = oracleFunnel(touched, specOf(plain), ZONE);
        if (JSON.stringify(result.breakdown) !== JSON.stringify(expected.breakdown)) return false;
      }
      return true;
    });
    expect(caught).toBe(true);
  });

  // The last: the views are made again for another zone.
  it('knows it so long in a zone whose clocks were put back, whichever way the touch is asked for', async () => {
    const zone = 'America/New_York';
    await migrate(scratch.warehouse, { reportZone: zone, channelGroups: {} });
    const spec = { steps: [{ event: 'order_pay' }], to: START };
    const byBreakdown = await run(
      scratch.warehouse,
      { ...spec, breakdown: { field: 'touch.channel' } },
      zone,
    );
    const groups = byBreakdown.breakdown?.map(({ value, steps }) => `${value} ${steps[0]?.viewers ?? 0}`);
    expect(groups).toEqual(['(none) 1', 'edge 1']);
    const isSet = { ...spec, where: [{ field: 'touch.channel', op: 'is_set' }] };
    expect((await run(scratch.warehouse, isSet, zone)).steps[0]?.viewers).toBe(1);
  });
});

function condition(field: string, op: 'in' | 'not_in'): object {
  return { field, op, value: ['a', 'c', 'edge'] };
}

async function run(warehouse: Warehouse, input: object, timeZone = ZONE): Promise<FunnelResult> {
  const outcome = await runAnalysis(funnel, warehouse, specOf(input), { timeZone });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

function specOf(input: object): z.output<typeof funnel.spec> {
  const parsed = parseSpec(funnel.spec, input);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

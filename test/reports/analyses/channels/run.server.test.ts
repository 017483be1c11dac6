import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { channels } from '../../../../reports/analyses/channels/run.js';
import { parseSpec, type ChannelsResult } from '../../../../schemas/index.js';
import { typedByUser, type Warehouse } from '../../../../sql/index.js';
import { inScope, meets } from '../../../oracles/where.js';
import { isSqlCaught } from '../mutating-warehouse.js';
import { runAnalysis } from '../run-analysis.js';
import {
  insertEvents,
  openScratchWarehouse,
  ZONE,
  type ScratchEvent,
  type ScratchWarehouse,
} from '../scratch-warehouse.js';
import { randomVisits } from '../touch-scene.js';

const events = randomVisits(23, 150);
let scratch: ScratchWarehouse;
let touchOf = new Map<string, z.infer<typeof touchSchema>>();

const touchSchema = z.object({
  event_id: z.string(),
  channel: z.string().nullable(),
  utm_source: z.string().nullable(),
  utm_campaign: z.string().nullable(),
});
const dailySchema = z.object({
  channel: z.string(),
  link_clicks: z.coerce.number(),
  entrants: z.coerce.number(),
  goods_clickers: z.coerce.number(),
  buyers: z.coerce.number(),
  orders: z.coerce.number(),
  gmv_fen: z.coerce.number(),
});

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  const { warehouse } = scratch;
  await insertEvents(warehouse, events);
  await warehouse.command(
    typedByUser(
      "INSERT INTO wxlive_store.costs_store (account, day, channel, utm_campaign, amount_fen) VALUES ('default', '2026-11-23', 'a', '', 700), ('default', '2026-11-24', 'a', '', 300), ('default', '2026-11-24', 'unseen', '', 50), ('default', '2026-11-24', '', 'autumn', 40), ('default', '2026-12-24', 'a', '', 9)",
    ),
  );
  const rows = await warehouse.query(
    typedByUser('SELECT event_id, channel, utm_source, utm_campaign FROM wxlive.event_touches'),
    touchSchema,
  );
  touchOf = new Map(rows.map((row) => [row.event_id, row]));
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

async function run(input: object, warehouse: Warehouse = scratch.warehouse): Promise<ChannelsResult> {
  const spec = parseSpec(channels.spec, input);
  if (!spec.ok) throw new Error(spec.failure.message);
  const outcome = await runAnalysis(channels, warehouse, spec.value, { timeZone: ZONE });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

function labelOf(event: ScratchEvent, dimension: string): string {
  const touch = touchOf.get(event.event_id);
  if (touch?.channel === undefined || touch.channel === null) return '(none)';
  if (touch.channel === 'direct') return 'direct';
  return dimension
    .split('/')
    .map((column) => touch[column as 'utm_source'] ?? '(not set)')
    .join('/');
}

describe('channels', () => {
  it.each([
    [{}],
    [{ channel: 'utm_source' }],
    [{ channel: 'utm_source/utm_campaign', from: '2026-11-24', to: '2026-11-24' }],
    [{ from: '2026-11-24', rooms: ['1'], where: [{ field: 'touch.utm_source', op: 'ne', value: 'b' }] }],
  ])('counts each event under its touch: %j', async (input: { channel?: string; from?: string }) => {
    await expectCounts(input);
  });

  it.each([
    ["(viewer, event = 'live_enter') AS entrants", "(viewer, event != 'live_enter') AS entrants"],
    ["uniqExactIf(viewer, event = 'goods_click')", "countIf(event = 'goods_click')"],
    ['sumIf(ifNull(amount_fen, 0)', 'sumIf(ifNull(amount_fen, 1)'],
    ['AND is_known', 'AND NOT is_known'],
  ])('is caught when figures.sql has for %s: %s', async (from, to) => {
    const mutation = { file: 'channels/figures.sql', from, to };
    const holds = async (changed: Warehouse): Promise<boolean> => {
      await expectCounts({ from: '2026-11-24' }, changed);
      return true;
    };
    expect(await isSqlCaught(scratch.warehouse, mutation, holds)).toBe(true);
  });

  /** Fails where the analysis and a count by hand differ. */
  async function expectCounts(
    input: { channel?: string; from?: string },
    warehouse: Warehouse = scratch.warehouse,
  ): Promise<void> {
    const spec = parseSpec(channels.spec, input);
    if (!spec.ok) throw new Error(spec.failure.message);
    const result = await run(input, warehouse);
    const touchFields = (event: ScratchEvent): ScratchEvent => ({
      ...event,
      utm_source: touchOf.get(event.event_id)?.utm_source ?? '',
    });
    const where = spec.value.where.map((condition) => ({
      ...condition,
      field: condition.field.replace('touch.', ''),
    }));
    const inside = events.filter((event) => inScope(event, spec.value) && meets(touchFields(event), where));
    const from = input.from === undefined ? null : Date.parse(`${input.from}T00:00:00+08:00`);
    const known = new Set(
      events
        .filter((event) => from !== null && event.time < from && event.scene !== 1129)
        .map(({ person }) => person),
    );
    const count = (rows: readonly ScratchEvent[]): object => {
      const people = (name: string): Set<number> =>
        new Set(rows.filter(({ event }) => event === name).map(({ person }) => person));
      const entrants = people('live_enter');
      const paid = rows.filter(({ event }) => event === 'order_pay');
      return {
        link_clicks: rows.filter(({ event }) => event === 'link_click').length,
        entrants: entrants.size,
        goods_clickers: people('goods_click').size,
        buyers: people('order_pay').size,
        orders: paid.length,
        gmv_fen: paid.reduce((sum, { amount_fen }) => sum + (amount_fen ?? 0), 0),
        returning_viewers: [...entrants].filter((person) => known.has(person)).length,
        new_viewers: [...entrants].filter((person) => !known.has(person)).length,
      };
    };
    expect(result.total).toMatchObject(count(inside));
    const labels = [...new Set(inside.map((event) => labelOf(event, input.channel ?? 'channel')))];
    for (const label of labels) {
      const row = result.channels.find(({ channel }) => channel === label);
      expect(row, label).toMatchObject(
        count(inside.filter((event) => labelOf(event, input.channel ?? 'channel') === label)),
      );
    }
    const without = result.channels.filter(({ channel }) => !labels.includes(channel));
    expect(
      without.every(({ entrants, orders, cost_fen }) => entrants === 0 && orders === 0 && cost_fen !== null),
    ).toBe(true);
  }

  it('agrees with channel_daily, day by day', async () => {
    for (const day of ['2026-11-23', '2026-11-24', '2026-11-25']) {
      const daily = await scratch.warehouse.query(
        typedByUser(
          'SELECT channel, link_clicks, entrants, goods_clickers, buyers, orders, gmv_fen FROM wxlive.channel_daily WHERE day = {day:String}',
        ),
        dailySchema,
        { day },
      );
      const result = await run({ from: day, to: day });
      const withEvents = result.channels.filter(({ channel }) =>
        daily.some((row) => row.channel === channel),
      );
      expect(withEvents).toHaveLength(daily.length);
      for (const row of daily)
        expect(withEvents.find(({ channel }) => channel === row.channel)).toMatchObject(row);
    }
  });

  it('sets what was spent beside it, as a whole', async () => {
    const result = await run({ from: '2026-11-23', to: '2026-11-24', rooms: ['1'] });
    const costs = new Map(result.channels.map(({ channel, cost_fen }) => [channel, cost_fen]));
    expect(costs.get('a')).toBe(1000);
    expect(costs.get('unseen')).toBe(50);
    expect(costs.get('(not set)')).toBe(40);
    expect(costs.get('b')).toBeNull();
    expect(result.total.cost_fen).toBe(1090);
    const row = result.channels.find(({ channel }) => channel === 'a');
    expect(row?.return_on_spend).toBeCloseTo((row?.gmv_fen ?? 0) / 1000, 12);
    const campaigns = await run({ channel: 'utm_campaign' });
    expect(campaigns.channels.find(({ channel }) => channel === 'autumn')?.cost_fen).toBe(40);
    // Costs alone are no answer: why nobody is counted is told beside them.
    const nowhere = await run({ rooms: ['nowhere'] });
    expect(nowhere.channels.length).toBeGreaterThan(0);
    expect(nowhere.notes.join()).toContain('nowhere');
    expect(channels.tables(nowhere, 'zh')[0]?.note).toContain('nowhere');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { experiment } from '../../../reports/analyses/experiment/run.js';
import { heatmap } from '../../../reports/analyses/heatmap/run.js';
import { retention } from '../../../reports/analyses/retention/run.js';
import type { Analysis } from '../../../reports/analyses/analysis.js';
import {
  commonSchema,
  parseSpec,
  type ExperimentSpec,
  type RetentionSpec,
  type CommonSpec,
} from '../../../schemas/index.js';
import { typedByUser, type Warehouse } from '../../../sql/index.js';
import { oracleAssign, type OracleTouch } from '../../oracles/experiment.js';
import { oracleHeatmap } from '../../oracles/heatmap.js';
import { oracleRetention } from '../../oracles/retention.js';
import { inScope, meets } from '../../oracles/where.js';

import { beijingDay, insertScene, liveOf, randomStories } from './cohort-scene.js';
import { isSqlCaught } from './mutating-warehouse.js';
import { runAnalysis } from './run-analysis.js';
import {
  openScratchWarehouse,
  viewerOf,
  ZONE,
  type ScratchEvent,
  type ScratchWarehouse,
} from './scratch-warehouse.js';

/** One engine for three analyses; thousands of people, each a small story of its own. */
const events = randomStories(11, 2500);
let scratch: ScratchWarehouse;
let touches: readonly OracleTouch[] = [];

const touchSchema = z.object({
  person: z.string(),
  time: z.coerce.number(),
  eventId: z.string(),
  campaign: z.string(),
  variant: z.string(),
});

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  await insertScene(scratch.warehouse, events);
  touches = await scratch.warehouse.query(
    typedByUser(
      "SELECT toString(viewer) AS person, toUnixTimestamp64Milli(touch_time) AS time, event_id AS eventId, ifNull(utm_campaign, '') AS campaign, ifNull(utm_content, '') AS variant FROM wxlive.touches",
    ),
    touchSchema,
  );
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

async function run<Spec extends z.ZodType<Pick<CommonSpec, 'from' | 'to'>>, Result extends z.ZodType>(
  analysis: Analysis<Spec, Result>,
  input: object,
  warehouse: Warehouse = scratch.warehouse,
): Promise<z.output<Result>> {
  const spec = parseSpec(analysis.spec, input);
  if (!spec.ok) throw new Error(spec.failure.message);
  const outcome = await runAnalysis(analysis, warehouse, spec.value, { timeZone: ZONE });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

function specOf<Spec extends z.ZodType>(schema: Spec, input: object): z.output<Spec> {
  const spec = parseSpec(schema, input);
  if (!spec.ok) throw new Error(spec.failure.message);
  return spec.value;
}

/** Events of the common part of a spec. */
function selected(input: object, more: { from?: null } = {}): ScratchEvent[] {
  const spec = commonSchema.parse(input);
  return events.filter((event) => inScope(event, { ...spec, ...more }) && meets(event, spec.where));
}

const RANGE = { from: '2026-10-31', to: '2026-11-03' };
const NARROW = { accounts: ['default'], rooms: ['1', 'default:2'], platforms: ['miniprogram'] };
const NOT_CLICKED = { where: [{ field: 'event', op: 'ne', value: 'goods_click' }] };
const WHERE = { where: [{ field: 'goods_id', op: 'is_not_set' }] };

describe('a heatmap', () => {
  async function holds(input: { rows?: 'action' | 'goods_id' }, warehouse?: Warehouse): Promise<boolean> {
    const { rooms } = await run(heatmap, input, warehouse);
    const expected = oracleHeatmap(selected(input), input.rows ?? 'action');
    const found = new Map<string, number>();
    for (const { platform, account, room_id, minutes, rows } of rooms) {
      const times = minutes.map((minute) => Date.parse(minute));
      if (times.some((time, index) => index > 0 && time <= (times[index - 1] ?? 0))) return false;
      for (const { key, counts } of rows) {
        if (counts.length !== minutes.length) return false;
        counts.forEach((count, index) => {
          const minute = new Date(times[index] ?? 0).toISOString().slice(0, 16);
          if (count > 0) found.set([platform, account, room_id, minute, key].join('/'), count);
        });
      }
    }
    return found.size === expected.size && [...expected].every(([cell, count]) => found.get(cell) === count);
  }

  const CASES: readonly { rows?: 'action' | 'goods_id'; from?: string }[] = [
    {},
    { rows: 'goods_id' },
    RANGE,
    { ...RANGE, ...NARROW, ...WHERE },
    { rows: 'goods_id', ...NOT_CLICKED },
  ];

  it.each(CASES.map((input) => [input]))('equals a count by hand: %j', async (input) => {
    expect(await holds(input)).toBe(true);
  });

  it.each([
    ['60000', '60001'],
    ["room_id != ''", "room_id = ''"],
    ['count() AS events', 'uniq(key) AS events'],
    ['(platform, account, room_id, minute, key)', '(platform, account, minute, key)'],
  ])('is caught when cells.sql has for %s: %s', async (from, to) => {
    const mutation = { file: 'heatmap/cells.sql', from, to };
    expect(await isSqlCaught(scratch.warehouse, mutation, (changed) => holds({}, changed))).toBe(true);
  });

  it('adds up to live_daily', async () => {
    const daily = await scratch.warehouse.query(
      typedByUser(
        "SELECT concat(platform, '/', account, '/', room_id) AS room, sum(likes) AS likes, sum(orders) AS orders, sum(views) AS views FROM wxlive.live_daily GROUP BY room",
      ),
      z.object({
        room: z.string(),
        likes: z.coerce.number(),
        orders: z.coerce.number(),
        views: z.coerce.number(),
      }),
    );
    const { rooms } = await run(heatmap, {});
    expect(rooms).toHaveLength(daily.length);
    for (const { platform, account, room_id, rows } of rooms) {
      const day = daily.find(({ room }) => room === `${platform}/${account}/${room_id}`);
      const sumOf = (event: string): number =>
        rows.find(({ key }) => key === event)?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
      expect([sumOf('live_like'), sumOf('order_pay'), sumOf('live_enter')]).toEqual([
        day?.likes,
        day?.orders,
        day?.views,
      ]);
    }
  });

  it('says why it is empty', async () => {
    expect((await run(heatmap, { rooms: ['nowhere'] })).notes.join()).toContain('nowhere');
    expect((await run(heatmap, { from: '2030-01-01' })).notes).toEqual(['所选时间内没有数据']);
    expect((await run(heatmap, { where: [{ field: 'event', op: 'eq', value: 'none' }] })).notes).toEqual([
      '筛选之后没有符合条件的事件',
      '只计带直播间的事件',
    ]);
  });
});

describe('a retention', () => {
  function expectedRows(input: object): string[] {
    const spec: RetentionSpec = specOf(retention.spec, input);
    const from = selectedFrom(spec);
    const isInside = (time: number): boolean => from === null || time >= from;
    const inRange = selected(commonOf(spec), spec.mode === 'first' ? { from: null } : {});
    const matches = (event: ScratchEvent, match: RetentionSpec['cohort']): boolean =>
      event.event === match.event && meets(event, match.where);
    const starts = new Map<string, number>();
    const rank = (live: string): string => `${nameOfLive(live)} ${live}`;
    const visits = inRange.flatMap((event) => {
      const isCohort = matches(event, spec.cohort);
      const isReturning = matches(event, spec.returning);
      if (!isCohort && !isReturning) return [];
      const live = liveOf(event);
      if (spec.period === 'live' && live === null) return [];
      const period = spec.period === 'live' ? (live?.key ?? '') : periodText(event.time, spec.period);
      if (isInside(event.time)) {
        const start = live?.from ?? event.time;
        starts.set(period, Math.min(starts.get(period) ?? Infinity, start));
      }
      return [
        { person: event.person, time: event.time, eventId: event.event_id, period, isCohort, isReturning },
      ];
    });
    const order =
      spec.period === 'live'
        ? [...starts]
            .sort(([left, a], [right, b]) => a - b || (rank(left) < rank(right) ? -1 : 1))
            .map(([period]) => period)
        : allPeriods(
            spec.period,
            spec.to,
            visits.filter(({ time }) => isInside(time)),
          );
    return oracleRetention(visits, order, spec.mode, isInside);
  }

  async function holds(input: object, warehouse?: Warehouse): Promise<boolean> {
    const { cohorts } = await run(retention, input, warehouse);
    const wanted = expectedRows(input).map((row) => {
      const [key = '', viewers, returned] = row.split(' ');
      return specOf(retention.spec, input).period === 'live'
        ? `${nameOfLive(key)} ${viewers ?? ''} ${returned ?? ''}`
        : row;
    });
    const found = cohorts.map(
      ({ cohort, viewers, returned }) => `${cohort.replace(/^.*:/, '')} ${viewers} ${returned.join(',')}`,
    );
    return wanted.length > 0 && JSON.stringify(found) === JSON.stringify(wanted);
  }

  it.each([
    [{}],
    [{ mode: 'each' }],
    [RANGE],
    [{ ...RANGE, mode: 'each' }],
    [{ ...RANGE, ...NARROW, returning: { event: 'order_pay' } }],
    [
      {
        ...WHERE,
        cohort: { event: 'goods_click' },
        returning: { event: 'order_pay', where: [{ field: 'amount_fen', op: 'gt', value: 99 }] },
      },
    ],
    [{ period: 'week', returning: { event: 'live_like' } }],
    [{ period: 'week', mode: 'each', from: '2026-11-01' }],
    [{ period: 'month', mode: 'each' }],
    [{ period: 'month', to: '2027-01-15' }],
    [{ period: 'live' }],
    [{ period: 'live', mode: 'each', ...RANGE }],
    [{ period: 'live', ...NARROW, from: '2026-10-31T02:00:00+08:00', returning: { event: 'goods_click' } }],
  ])('equals a count by hand: %j', async (input) => {
    expect(await holds(input)).toBe(true);
  });

  it.each([
    ['retention/viewer-periods.sql', 'minIf(time_ms, is_cohort)', 'maxIf(time_ms, is_cohort)', { ...RANGE }],
    ['retention/viewer-periods.sql', 'argMinIf(period', 'argMaxIf(period', {}],
    [
      'retention/viewer-periods.sql',
      'is_cohort AND is_inside',
      'is_cohort OR is_inside',
      { ...RANGE, mode: 'each', returning: { event: 'order_pay' } },
    ],
    [
      'retention/viewer-periods.sql',
      'is_returning AND is_inside',
      'is_cohort AND is_inside',
      { returning: { event: 'order_pay' } },
    ],
    ['retention/viewer-periods.sql', 'time_ms >= {since:Int64}', 'time_ms > {since:Int64}', { ...RANGE }],
    ['retention/viewer-periods.sql', 'tuple(time_ms, event_id)', 'tuple(time_ms)', { period: 'live' }],
    ['retention/lives.sql', 'ORDER BY started_ms', 'ORDER BY -started_ms', { period: 'live' }],
    [
      'scope/events-with-live.sql',
      'happened.event_time >= live.started_at',
      'happened.event_time > live.started_at',
      { period: 'live' },
    ],
    ['scope/events-with-live.sql', '(event_time < ifNull', '(event_time <= ifNull', { period: 'live' }],
  ])('is caught when %s has for %s: %s', async (file, from, to, input) => {
    expect(await isSqlCaught(scratch.warehouse, { file, from, to }, (changed) => holds(input, changed))).toBe(
      true,
    );
  });

  it('agrees with live_daily where a live lies in one day', async () => {
    const daily = await scratch.warehouse.query(
      typedByUser(
        'SELECT live_id, max(viewers) AS viewers FROM wxlive.live_daily GROUP BY platform, account, live_id HAVING count() = 1 AND viewers > 0',
      ),
      z.object({ live_id: z.string(), viewers: z.coerce.number() }),
    );
    const { cohorts } = await run(retention, { period: 'live', mode: 'each' });
    const found = cohorts.map(({ cohort, viewers }) => `${cohort.replace(/^.*:/, '')} ${viewers}`);
    for (const { live_id, viewers } of daily) expect(found).toContain(`${live_id} ${viewers}`);
    expect(daily.length).toBeGreaterThan(8);
  });

  it('says what it does not know, and why it is empty', async () => {
    expect((await run(retention, { to: '2026-12-01' })).notes.join()).toContain('2026-11-0');
    expect((await run(retention, { cohort: { event: 'live_entr' } })).notes.join()).toContain('live_enter');
    // Figures that are 0 may be so by a mistyped name.
    const mistyped = await run(retention, { returning: { event: 'live_entr' } });
    expect(mistyped.cohorts.length).toBeGreaterThan(0);
    expect(mistyped.notes.join()).toContain('live_enter');
    const late = await run(retention, { from: '2026-11-01', where: [{ field: 'event', op: 'is_not_set' }] });
    expect(late.notes.join()).toContain('mode each');
    const spec = specOf(retention.spec, { to: '2050-01-01' });
    const outcome = await runAnalysis(retention, scratch.warehouse, spec, { timeZone: ZONE });
    expect(outcome.ok ? '' : outcome.failure.code).toBe('too_large');
  });
});

describe('an experiment', () => {
  async function holds(input: object, warehouse?: Warehouse): Promise<boolean> {
    const result = await run(experiment, input, warehouse);
    if (!('variants' in result)) return false;
    const spec: ExperimentSpec = specOf(experiment.spec, input);
    const bounds = commonSchema.parse({ from: spec.from, to: spec.to });
    const inRange = touches.filter(
      ({ time, variant }) =>
        inScope({ event_id: '', person: 0, event: '', time }, bounds) &&
        (spec.variants.length === 0 || spec.variants.includes(variant)),
    );
    const acts = selected(commonOf(spec))
      .filter((event) => event.event === spec.metric.event && meets(event, spec.metric.where))
      .map((event) => ({
        person: viewerOf(event.person),
        time: event.time,
        value: spec.metric.value === null ? 1 : (event.amount_fen ?? 0),
      }));
    const expected = oracleAssign(inRange, acts, spec.campaign ?? '');
    const met = [...expected].every(([variant, users]) => {
      const row = result.variants.find((one) => one.variant === variant);
      const converted = users.filter((user) => user.acts > 0).length;
      const sum = users.reduce((before, { value }) => before + value, 0);
      const mean = sum / users.length;
      const reach =
        row?.mean_interval === undefined || row.mean_interval === null ? null : row.mean_interval[1] - mean;
      const variance =
        users.reduce((before, { value }) => before + (value - mean) ** 2, 0) / (users.length - 1);
      const isMean = spec.metric.type === 'mean';
      return (
        row?.users === users.length &&
        row.conversions === converted &&
        (!isMean ||
          (row.sum === sum &&
            near(row.mean, mean) &&
            (reach === null || reach ** 2 * users.length > variance)))
      );
    });
    return (
      met && result.variants.filter(({ users }) => users > 0).length === expected.size && expected.size > 0
    );
  }

  const CASES: readonly object[] = [
    { campaign: 'p1' },
    { campaign: 'p2', metric: { event: 'goods_click' } },
    { campaign: 'p1', ...RANGE },
    { campaign: 'p1', ...RANGE, ...NARROW, ...WHERE },
    { campaign: 'p1', metric: { type: 'mean' } },
    { campaign: 'p1', metric: { type: 'mean', value: null, event: 'live_like' } },
    { campaign: 'p1', variants: ['b', 'c'], baseline: 'c' },
    {
      campaign: 'p2',
      metric: { event: 'order_pay', where: [{ field: 'amount_fen', op: 'gte', value: 100 }] },
    },
  ];

  it.each(CASES.map((input) => [input]))('equals a count by hand: %j', async (input) => {
    expect(await holds(input)).toBe(true);
  });

  it.each([
    ['argMinIf(touch_variant', 'argMaxIf(touch_variant'],
    ['tuple(time_ms, id)', 'tuple(id, time_ms)'],
    ['one.1 >= entered_ms', 'one.1 > entered_ms'],
    ['minIf(time_ms, is_touch)', 'maxIf(time_ms, is_touch)'],
    ['countIf(events > 0)', 'countIf(events > 1)'],
    ['arraySum(counted.2)', 'arrayMax(counted.2)'],
    ['HAVING countIf(is_touch) > 0', 'HAVING countIf(is_touch) >= 0'],
  ])('is caught when variants.sql has for %s: %s', async (from, to) => {
    const mutation = { file: 'experiment/variants.sql', from, to };
    const holdsAll = async (changed: Warehouse): Promise<boolean> =>
      (await holds({ campaign: 'p1', metric: { type: 'mean' } }, changed)) &&
      holds({ campaign: 'p2' }, changed);
    expect(await isSqlCaught(scratch.warehouse, mutation, holdsAll)).toBe(true);
  });

  it('refuses a plan that needs more users than can be counted', async () => {
    for (const plan of [
      { baseline_rate: 0.5, effect: 1e-200 },
      { baseline_rate: 0.5, effect: 0.1, power: 1 - 2 ** -53 },
    ]) {
      const outcome = await runAnalysis(experiment, scratch.warehouse, specOf(experiment.spec, { plan }), {
        timeZone: ZONE,
      });
      if (outcome.ok)
        expect(outcome.value).toMatchObject({ users_per_variant: expect.any(Number) as number });
      else expect(outcome.failure.code).toBe('too_large');
      expect(JSON.stringify(outcome)).not.toContain('null');
    }
  });

  it('lists who is named and has nobody, and says why there is nobody', async () => {
    const result = await run(experiment, { campaign: 'p1', baseline: 'zz', weights: { a: 1, zz: 1 } });
    if (!('variants' in result)) throw new Error('no comparison');
    expect(result.variants[0]).toMatchObject({ variant: 'zz', users: 0, rate: null, p: null });
    expect(result.srm.df).toBe(1);
    expect(result.callable).toBe(false);
    expect(result.notes.join()).toMatch(/zz.*a/);
    const nobody = await run(experiment, { campaign: 'p11' });
    expect(nobody.notes.join()).toMatch(/p11.*p1.*p2/);
    expect(
      (await run(experiment, { campaign: 'p1', metric: { event: 'order_pai' } })).notes.join(),
    ).toContain('order_pay');
  });
});

function commonOf(spec: z.output<typeof commonSchema>): object {
  const { from, to, platforms, accounts, rooms, where } = spec;
  return { from, to, platforms, accounts, rooms, where };
}

function selectedFrom({ from }: RetentionSpec): number | null {
  if (typeof from !== 'string') return from;
  return Date.parse(from.length === 10 ? `${from}T00:00:00+08:00` : from);
}

function near(left: number | null | undefined, right: number): boolean {
  return typeof left === 'number' && Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(right));
}

function nameOfLive(key: string): string {
  return key.split('/')[2] ?? '';
}

const DAY = 86_400_000;

function periodText(time: number, unit: 'day' | 'week' | 'month'): string {
  const day = beijingDay(time);
  if (unit === 'day') return day;
  if (unit === 'month') return `${day.slice(0, 7)}-01`;
  const noon = Date.parse(`${day}T12:00:00Z`);
  const monday = noon - ((new Date(noon).getUTCDay() + 6) % 7) * DAY;
  return new Date(monday).toISOString().slice(0, 10);
}

/** All periods from the first visit to the end of the range, or to the last visit. */
function allPeriods(
  unit: 'day' | 'week' | 'month',
  to: string | number | null,
  visits: readonly { readonly time: number }[],
): string[] {
  const times = visits.map(({ time }) => time);
  const last = typeof to === 'string' ? Date.parse(`${to}T12:00:00+08:00`) : Math.max(...times);
  const names = new Set<string>();
  for (let time = Math.min(...times); time < last + DAY; time += DAY / 2) {
    if (periodText(time, unit) <= periodText(last, unit)) names.add(periodText(time, unit));
  }
  return [...names];
}

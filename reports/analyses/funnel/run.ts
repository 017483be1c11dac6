import { z } from 'zod';

import {
  NO_TOUCH,
  funnelResultSchema,
  funnelSpecSchema,
  resolveTimeRange,
  succeed,
  type AnalysisFailure,
  type FunnelResult,
  type FunnelSpec,
  type Outcome,
  type TimeRange,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  fixed,
  loadSql,
  scopeRows,
  type SqlParameters,
  type SqlText,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { explainEmpty } from '../empty-reason.js';
import { createPeriodClock, type PeriodClock } from '../report-period.js';
import { readRows, type RowCursor } from '../row-binary.js';

import { createFunnelAutomaton } from './automaton.js';
import { compileFunnel, matchesOf, type CompiledFunnel } from './compile.js';
import { funnelCharts, funnelTables } from './show.js';
import { createStepTotals, listGroups, type StepTotals } from './summarize.js';
import {
  compareAttempts,
  createViewerEvents,
  reserve,
  type Attempt,
  type ViewerEvents,
} from './viewer-events.js';

/** Events of the scope that are grouped at once; more are taken in parts by a hash of the viewer. */
const EVENTS_AT_ONCE = 12_000_000;
const DETAILED_EVENTS_AT_ONCE = 3_000_000;

export const funnel: Analysis<typeof funnelSpecSchema, typeof funnelResultSchema> = {
  name: 'funnel',
  title: { zh: '转化漏斗', en: 'Funnel' },
  spec: funnelSpecSchema,
  result: funnelResultSchema,
  example: {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
    window_seconds: 7200,
    breakdown: { field: 'touch.channel' },
  },
  run: runFunnel,
  tables: funnelTables,
  charts: funnelCharts,
};

async function runFunnel(
  warehouse: Warehouse,
  spec: FunnelSpec,
  context: AnalysisContext,
): Promise<Outcome<FunnelResult, AnalysisFailure>> {
  const range = resolveTimeRange(spec, context.timeZone);
  if (!range.ok) return range;
  const filter = createFilter(context.timeZone);
  const compiled = compileFunnel(spec, filter);
  if (!compiled.ok) return compiled;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const field = spec.breakdown === null ? null : filter.text(spec.breakdown.field);
  if (field?.ok === false) return field;
  const correlated =
    compiled.value.correlatedField === null ? null : filter.text(compiled.value.correlatedField);
  if (correlated?.ok === false) return correlated;
  const viewersAt = context.viewersAt ?? null;
  if (
    viewersAt !== null &&
    (!Number.isInteger(viewersAt) || viewersAt < 1 || viewersAt > spec.steps.length)
  ) {
    return { ok: false, failure: { code: 'bad_value', message: `there is no step ${viewersAt}` } };
  }
  const rows = scopeRows(filter, filter.scope(spec, range.value));
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const detailed = field !== null || correlated !== null || viewersAt !== null;
  const slots = { marks: compiled.value.marks, rows, where: where.value };
  const sql = detailed
    ? fillSlots(loadSql('funnel/viewer-steps-in-detail'), {
        ...slots,
        viewer: viewersAt === null ? fixed("''") : fixed('toString(viewer)'),
        correlated: correlated?.value ?? fixed("''"),
        broken_down: field?.value ?? fixed("''"),
      })
    : fillSlots(loadSql('funnel/viewer-steps'), slots);
  const events = await countEvents(warehouse, spec, range.value, context);
  const atOnce = detailed || spec.order === 'strict' ? DETAILED_EVENTS_AT_ONCE : EVENTS_AT_ONCE;
  const buckets = Math.max(1, Math.ceil(events / atOnce));

  const tally = createTally(spec, compiled.value, context);
  const readRow = createRowReader(detailed, compiled.value, tally);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    await readRows(
      streamBucket(warehouse, sql, filter.parameters, compiled.value, buckets, bucket, context),
      readRow,
    );
  }
  const result = tally.result(range.value);
  if (result.steps[0]?.viewers !== 0) return succeed(result);
  const names = spec.steps.flatMap((step) => matchesOf(step).map(({ event }) => event));
  return succeed({ ...result, notes: await explainEmpty(warehouse, spec, range.value, names, context) });
}

async function countEvents(
  warehouse: Warehouse,
  spec: FunnelSpec,
  range: TimeRange,
  context: AnalysisContext,
): Promise<number> {
  const filter = createFilter(context.timeZone);
  const sql = fillSlots(loadSql('scope/count'), { scope: filter.scope(spec, range) });
  const [row] = await warehouse.query(sql, z.object({ events: z.coerce.number() }), filter.parameters);
  return row?.events ?? 0;
}

function streamBucket(
  warehouse: Warehouse,
  sql: SqlText,
  parameters: SqlParameters,
  { startMarks }: CompiledFunnel,
  buckets: number,
  bucket: number,
  { signal }: AnalysisContext,
): AsyncIterable<Uint8Array> {
  return warehouse.stream(
    sql,
    'RowBinary',
    { ...parameters, buckets, bucket, start_marks: startMarks },
    signal === undefined ? {} : { signal },
  );
}

/** Hears of each viewer's events; the breakdown value of an event is read only where it is needed. */
interface Tally {
  add(viewer: ViewerEvents, valueOf: (event: number) => string, viewerText: () => string): void;
  result(range: TimeRange): FunnelResult;
}

function createTally(spec: FunnelSpec, compiled: CompiledFunnel, context: AnalysisContext): Tally {
  const automaton = createFunnelAutomaton(compiled.plan);
  const { stepCount } = compiled.plan;
  const names = compiled.stepNames;
  const total = createStepTotals(stepCount);
  const groups = new Map<string, StepTotals>();
  const periods = new Map<number, StepTotals>();
  const stopped: string[] = [];
  const clock = spec.trend === null ? null : createPeriodClock(spec.trend, context.timeZone);

  function bestOf(viewer: ViewerEvents): Attempt | null {
    if (clock === null) return automaton.best(viewer);
    let best: Attempt | null = null;
    automaton.bestByPeriod(viewer, clock.periodOf, (attempt, period) => {
      totalsOf(periods, period, stepCount).add(attempt);
      if (best === null || compareAttempts(attempt, best) < 0) best = attempt;
    });
    return best;
  }

  return {
    add(viewer, valueOf, viewerText) {
      const attempt = bestOf(viewer);
      if (attempt === null) return;
      total.add(attempt);
      if (spec.breakdown !== null) {
        totalsOf(groups, groupOf(spec.breakdown, attempt, valueOf), stepCount).add(attempt);
      }
      if (context.viewersAt === attempt.times.length) stopped.push(viewerText());
    },
    result(range) {
      return {
        steps: total.steps(names),
        ...(spec.breakdown === null ? {} : { breakdown: listGroups(groups, spec.breakdown.limit, names) }),
        ...(clock === null ? {} : { trend: listPeriods(periods, clock, range, names) }),
        ...(context.viewersAt === undefined
          ? {}
          : { viewers_at: { step: context.viewersAt, viewers: stopped.sort() } }),
        notes: [],
      };
    },
  };
}

function totalsOf<Key>(map: Map<Key, StepTotals>, key: Key, stepCount: number): StepTotals {
  let totals = map.get(key);
  if (totals === undefined) {
    totals = createStepTotals(stepCount);
    map.set(key, totals);
  }
  return totals;
}

/** The value that puts a viewer into a group of the breakdown. */
export function groupOf(
  { attribution, step }: { readonly attribution: 'first' | 'last' | 'step'; readonly step: number },
  attempt: Attempt,
  valueOf: (event: number) => string,
): string {
  if (attribution === 'step') {
    const event = attempt.events[step - 1];
    return (event === undefined ? '' : valueOf(event)) || NO_TOUCH;
  }
  const events = attribution === 'first' ? attempt.events : [...attempt.events].reverse();
  for (const event of events) {
    const value = valueOf(event);
    if (value !== '') return value;
  }
  return NO_TOUCH;
}

/** All periods between the bounds, or, where one is missing, the first or last attempt; empty ones too. */
function listPeriods(
  periods: ReadonlyMap<number, StepTotals>,
  clock: PeriodClock,
  { fromMs, toMs }: TimeRange,
  names: readonly string[],
): NonNullable<FunnelResult['trend']> {
  let first = fromMs === null ? Number.POSITIVE_INFINITY : clock.periodOf(fromMs);
  let last = toMs === null ? Number.NEGATIVE_INFINITY : clock.periodOf(toMs - 1);
  for (const period of periods.keys()) {
    if (fromMs === null) first = Math.min(first, period);
    if (toMs === null) last = Math.max(last, period);
  }
  if (!Number.isFinite(first) || !Number.isFinite(last)) return [];
  return clock.between(first, last).map((period) => ({
    period: clock.nameOf(period),
    steps: (periods.get(period) ?? createStepTotals(names.length)).steps(names),
  }));
}

/** 22 bits of marks below 42 bits of milliseconds. */
const MARKS_MASK = 0x3f_ffff;

function createRowReader(
  detailed: boolean,
  { plan }: CompiledFunnel,
  tally: Tally,
): (cursor: RowCursor) => void {
  const viewer = createViewerEvents();
  let texts = new Int32Array(64);
  const noValue = (): string => '';

  function readPacked(cursor: RowCursor): void {
    const count = cursor.length();
    cursor.need(count * 8);
    reserve(viewer, count);
    viewer.count = count;
    for (let index = 0; index < count; index += 1) {
      cursor.uint64Halves();
      viewer.marks[index] = cursor.low & MARKS_MASK;
      viewer.times[index] = cursor.high * 1024 + (cursor.low >>> 22);
    }
  }

  if (!detailed) {
    return (cursor) => {
      readPacked(cursor);
      tally.add(viewer, noValue, noValue);
    };
  }
  return (cursor) => {
    const viewerText = cursor.skipText();
    readPacked(cursor);
    const values = cursor.length();
    cursor.need(values * 4);
    for (let index = 0; index < values; index += 1) {
      const value = cursor.uint32();
      viewer.values[index] = plan.correlateFrom > 0 ? value : 0;
    }
    const brokenDown = cursor.length();
    if (texts.length < brokenDown) texts = new Int32Array(brokenDown * 2);
    for (let index = 0; index < brokenDown; index += 1) texts[index] = cursor.skipText();
    tally.add(
      viewer,
      (event) => cursor.textAt(texts[event] ?? 0),
      () => cursor.textAt(viewerText),
    );
  };
}

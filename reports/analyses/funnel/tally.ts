import { NO_TOUCH, type FunnelResult, type FunnelSpec, type TimeRange } from '../../../schemas/index.js';
import { createPeriodClock, type PeriodClock } from '../report-period.js';

import { createFunnelAutomaton } from './automaton.js';
import type { CompiledFunnel } from './compile.js';
import { createStepTotals, listGroups, type StepTotals } from './summarize.js';
import { compareAttempts, type Attempt, type ViewerEvents } from './viewer-events.js';
import type { ViewerRow } from './viewer-rows.js';

/** Hears of every viewer once and has the result in the end. */
export interface FunnelTally {
  readonly add: (row: ViewerRow) => void;
  /** The marks that any event had so far. */
  marks(): number;
  /** The codes of the groups, but for 0: viewers without a value. */
  codes(): number[];
  /** `values` says what the codes of the breakdown stand for. */
  result(range: TimeRange, values: ReadonlyMap<number, string>): FunnelResult;
}

export interface TallySettings {
  readonly spec: FunnelSpec;
  readonly compiled: CompiledFunnel;
  readonly timeZone: string;
  /** List the viewers who stopped at this step. */
  readonly viewersAt: number | null;
}

export function createFunnelTally({ spec, compiled, timeZone, viewersAt }: TallySettings): FunnelTally {
  const automaton = createFunnelAutomaton(compiled.plan);
  const { stepCount } = compiled.plan;
  const names = compiled.stepNames;
  const total = createStepTotals(stepCount);
  const groups = new Map<number, StepTotals>();
  const periods = new Map<number, StepTotals>();
  const stopped: string[] = [];
  let marks = 0;
  const clock = spec.trend === null ? null : createPeriodClock(spec.trend, timeZone);

  function bestOf(events: ViewerEvents): Attempt | null {
    if (clock === null) return automaton.best(events);
    let best: Attempt | null = null;
    automaton.bestByPeriod(events, clock.periodOf, (attempt, period) => {
      totalsOf(periods, period, stepCount).add(attempt);
      if (best === null || compareAttempts(attempt, best) < 0) best = attempt;
    });
    return best;
  }

  return {
    add(row) {
      marks |= row.marks;
      const attempt = bestOf(row.events);
      if (attempt === null) return;
      total.add(attempt);
      if (spec.breakdown !== null) {
        totalsOf(groups, codeOf(spec.breakdown, attempt, row.codes), stepCount).add(attempt);
      }
      if (viewersAt === attempt.times.length) stopped.push(row.viewerText());
    },
    marks: () => marks,
    codes: () => [...groups.keys()].filter((code) => code !== 0),
    result(range, values) {
      const named = new Map(
        [...groups].map(([code, totals]) => [code === 0 ? NO_TOUCH : (values.get(code) ?? ''), totals]),
      );
      return {
        steps: total.steps(names),
        ...(spec.breakdown === null ? {} : { breakdown: listGroups(named, spec.breakdown.limit, names) }),
        ...(clock === null ? {} : { trend: listPeriods(periods, clock, range, names) }),
        ...(viewersAt === null ? {} : { viewers_at: { step: viewersAt, viewers: stopped.sort() } }),
        notes: [],
      };
    },
  };
}

function totalsOf(map: Map<number, StepTotals>, key: number, stepCount: number): StepTotals {
  let totals = map.get(key);
  if (totals === undefined) {
    totals = createStepTotals(stepCount);
    map.set(key, totals);
  }
  return totals;
}

/** What stands for the value that puts a viewer into a group; 0 where none of the events has one. */
function codeOf(
  { attribution, step }: { readonly attribution: 'first' | 'last' | 'step'; readonly step: number },
  { events }: Attempt,
  codes: Float64Array,
): number {
  if (attribution === 'step') {
    const event = events[step - 1];
    return event === undefined ? 0 : (codes[event] ?? 0);
  }
  for (let index = 0; index < events.length; index += 1) {
    const event = events[attribution === 'first' ? index : events.length - 1 - index] ?? 0;
    const code = codes[event] ?? 0;
    if (code !== 0) return code;
  }
  return 0;
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

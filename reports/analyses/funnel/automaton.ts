import { createExcludedPass } from './excluded-pass.js';
import { createOrderedPass } from './ordered-pass.js';
import { ALL_TIME, stepMarksOf, type FunnelPass, type OnAttempt, type PeriodOf } from './pass.js';
import { createSearchPass } from './search-pass.js';
import { createStrictPass } from './strict-pass.js';
import { createUnorderedPass } from './unordered-pass.js';
import {
  compareAttempts,
  createViewerEvents,
  reserve,
  type Attempt,
  type FunnelPlan,
  type ViewerEvents,
} from './viewer-events.js';

export interface FunnelAutomaton {
  /** The attempt of the viewer that counts; null when there is none. */
  best(events: ViewerEvents): Attempt | null;
  /** The attempt that counts among those that start in each period. */
  readonly bestByPeriod: FunnelPass;
}

/**
 * Finds the attempts of one viewer after the other. Quick passes serve the usual viewer (no event lies at the same
 * millisecond as one that competes with it); everything else goes to the exact search.
 */
export function createFunnelAutomaton(plan: FunnelPlan): FunnelAutomaton {
  const { order } = plan;
  const stepMarks = stepMarksOf(plan);
  const exclusionMarks = plan.exclusions.reduce((marks, { bit }) => marks | bit, 0);
  const makeSimple = { ordered: createOrderedPass, strict: createStrictPass, unordered: createUnorderedPass }[
    order
  ];
  const passes = {
    simple: makeSimple(plan),
    excluded: createExcludedPass(plan),
    search: createSearchPass(plan),
  };
  const part = createViewerEvents();
  const partIndex: number[] = [];

  /** Which pass a viewer's events allow. */
  function passFor(events: ViewerEvents): 'simple' | 'excluded' | 'search' {
    let last = Number.NaN;
    let excluded = false;
    let anyTie = false;
    for (let index = 0; index < events.count; index += 1) {
      const marks = events.marks[index] ?? 0;
      const time = events.times[index] ?? 0;
      const tied = time === last || (index + 1 < events.count && events.times[index + 1] === time);
      last = time;
      anyTie ||= tied;
      excluded ||= (marks & exclusionMarks) !== 0;
      const fits = marks & stepMarks;
      const severalSteps = (fits & (fits - 1)) !== 0;
      if (order === 'strict') {
        // A heartbeat may fill a step or be passed over; the strict pass knows only events that cannot be.
        if (tied || (fits !== 0 && (marks & plan.interruptBit) === 0)) return 'search';
      } else if (severalSteps && (tied || order === 'unordered')) return 'search';
    }
    if (!excluded) return 'simple';
    return order === 'ordered' && !anyTie ? 'excluded' : 'search';
  }

  /** The pass for events of which no two steps must carry one value. */
  function uncorrelated(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    passes[passFor(events)](events, periodOf, onAttempt);
  }

  /**
   * One value at a time: the events that carry it, and those that fill a step before the correlated ones. Nothing is
   * voided or interrupted here, so what is best of all values is best.
   */
  function byValue(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    const freeMarks = 2 ** (plan.correlateFrom - 1) - 1;
    const best = new Map<number, Attempt>();
    for (const value of valuesOf(events, stepMarks & ~freeMarks)) {
      reserve(part, events.count);
      part.count = 0;
      for (let index = 0; index < events.count; index += 1) {
        const marks =
          (events.marks[index] ?? 0) & stepMarks & (events.values[index] === value ? stepMarks : freeMarks);
        if (marks === 0) continue;
        part.times[part.count] = events.times[index] ?? 0;
        part.marks[part.count] = marks;
        partIndex[part.count] = index;
        part.count += 1;
      }
      uncorrelated(part, periodOf, (attempt, period) => {
        const whole = { times: attempt.times, events: attempt.events.map((index) => partIndex[index] ?? 0) };
        const before = best.get(period);
        if (before === undefined || compareAttempts(whole, before) < 0) best.set(period, whole);
      });
    }
    for (const [period, attempt] of [...best].sort(([left], [right]) => left - right))
      onAttempt(attempt, period);
  }

  function bestByPeriod(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    if (plan.correlateFrom === 0) uncorrelated(events, periodOf, onAttempt);
    else if (canSplitByValue(events)) byValue(events, periodOf, onAttempt);
    else passes.search(events, periodOf, onAttempt);
  }

  /** Which events share a millisecond does not depend on the value, but which of them compete does: those are searched. */
  function canSplitByValue(events: ViewerEvents): boolean {
    if (order === 'strict' || (order === 'unordered' && plan.correlateFrom > 1)) return false;
    for (let index = 0; index < events.count; index += 1) {
      const marks = events.marks[index] ?? 0;
      const fits = marks & stepMarks;
      if ((marks & exclusionMarks) !== 0 || (order === 'unordered' && (fits & (fits - 1)) !== 0))
        return false;
      if (index > 0 && events.times[index] === events.times[index - 1]) return false;
    }
    return true;
  }

  return {
    best(events) {
      let best: Attempt | null = null;
      bestByPeriod(events, ALL_TIME, (attempt) => {
        best = attempt;
      });
      return best;
    },
    bestByPeriod,
  };
}

/** The values that an event of these marks carries; one that nobody carries when there is none. */
function valuesOf(events: ViewerEvents, marks: number): readonly number[] {
  const values: number[] = [];
  for (let index = 0; index < events.count; index += 1) {
    const value = events.values[index] ?? 0;
    if (value !== 0 && ((events.marks[index] ?? 0) & marks) !== 0 && !values.includes(value))
      values.push(value);
  }
  return values.length === 0 ? [NO_VALUE] : values;
}

/** The first steps alone may still begin an attempt. */
const NO_VALUE = -1;

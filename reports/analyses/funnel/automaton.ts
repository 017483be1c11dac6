import { searchAttempt } from './search.js';
import {
  compareAttempts,
  endOfInstant,
  type Attempt,
  type FunnelPlan,
  type ViewerEvents,
} from './viewer-events.js';

/** The period an instant lies in, as a number that grows with time. */
export type PeriodOf = (instantMs: number) => number;

/** Hears of the attempt that counts in each period. */
export type OnAttempt = (attempt: Attempt, period: number) => void;

export interface FunnelAutomaton {
  /** The attempt of the viewer that counts; null when there is none. */
  best(events: ViewerEvents): Attempt | null;
  /** The attempt that counts among those that start in each period. */
  bestByPeriod(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void;
}

const ALL = (): number => 0;

/**
 * Finds the attempts of one viewer after the other. Three linear passes serve the usual viewer (no event lies at the
 * same millisecond as one that competes with it, no exclusion among them); everything else goes to the exact search.
 */
export function createFunnelAutomaton(plan: FunnelPlan): FunnelAutomaton {
  const { stepCount, order, windowMs } = plan;
  const stepMarks = 2 ** stepCount - 1;
  const exclusionMarks = plan.exclusions.reduce((marks, { bit }) => marks | bit, 0);
  const startMarks = order === 'unordered' ? stepMarks : 1;
  /** Scratch: per start its event and depth; per depth how many starts have reached it. */
  let starts = new Int32Array(64);
  let depths = new Uint8Array(64);
  const reached = new Int32Array(stepCount + 2);
  const nextTimes = new Float64Array(stepCount);

  function isSimple(events: ViewerEvents): boolean {
    if (plan.correlateFrom > 0) return false;
    let last = Number.NaN;
    for (let index = 0; index < events.count; index += 1) {
      const marks = events.marks[index] ?? 0;
      if ((marks & exclusionMarks) !== 0) return false;
      const time = events.times[index] ?? 0;
      const tied = time === last || (index + 1 < events.count && events.times[index + 1] === time);
      last = time;
      const fits = marks & stepMarks;
      const severalSteps = (fits & (fits - 1)) !== 0;
      if (order === 'strict') {
        // A heartbeat may fill a step or be passed over; the strict pass knows only events that cannot be.
        if (tied || (fits !== 0 && (marks & plan.interruptBit) === 0)) return false;
      } else if (severalSteps && (tied || order === 'unordered')) return false;
    }
    return true;
  }

  /** Ordered and simple: how deep each start goes; starts of one depth are neighbours, so all move at once. */
  function markDepths(events: ViewerEvents, firstCompleteIsEnough: boolean): number {
    reached.fill(0);
    let count = 0;
    let alive = 0;
    for (let first = 0; first < events.count;) {
      const time = events.times[first] ?? 0;
      const end = endOfInstant(events, first);
      let marks = 0;
      for (let index = first; index < end; index += 1) marks |= events.marks[index] ?? 0;
      while (alive < count && time - (events.times[starts[alive] ?? 0] ?? 0) > windowMs) alive += 1;
      const oneEvent = end - first === 1;
      moveOn(marks & stepMarks, alive, oneEvent);
      if (firstCompleteIsEnough && (reached[stepCount] ?? 0) > alive) return count;
      if ((marks & 1) !== 0) {
        let depth = 1;
        while (!oneEvent && depth < stepCount && (marks & (1 << depth)) !== 0) depth += 1;
        for (let index = first; index < end; index += 1) {
          if (((events.marks[index] ?? 0) & 1) === 0) continue;
          starts[count] = index;
          depths[count] = depth;
          count += 1;
        }
        for (let step = 1; step <= depth; step += 1) reached[step] = count;
        if (firstCompleteIsEnough && depth === stepCount) return count;
      }
      first = end;
    }
    return count;
  }

  function moveOn(marks: number, alive: number, oneEvent: boolean): void {
    // Deepest first: one event moves a start by one step, tied events by as many as they fill in a row.
    let runEnd = stepCount;
    for (let depth = stepCount - 1; depth >= 1; depth -= 1) {
      if ((marks & (1 << depth)) === 0) {
        runEnd = depth;
        continue;
      }
      const target = oneEvent ? depth + 1 : runEnd;
      const to = reached[depth] ?? 0;
      for (let start = Math.max(alive, reached[depth + 1] ?? 0); start < to; start += 1)
        depths[start] = target;
    }
    if (oneEvent) {
      for (let depth = stepCount - 1; depth >= 1; depth -= 1) {
        if ((marks & (1 << depth)) !== 0) reached[depth + 1] = reached[depth] ?? 0;
      }
    } else {
      for (let depth = 1; depth < stepCount; depth += 1) {
        if ((marks & (1 << depth)) !== 0) reached[depth + 1] = reached[depth] ?? 0;
      }
    }
  }

  /** Ordered and simple: the earliest way the attempt of a start goes. */
  function followOrdered(events: ViewerEvents, start: number, depth: number): Attempt {
    const startTime = events.times[start] ?? 0;
    const times = [startTime];
    const chosen = [start];
    let first = start;
    while (first > 0 && events.times[first - 1] === startTime) first -= 1;
    while (times.length < depth && first < events.count) {
      const end = endOfInstant(events, first);
      let progress = true;
      while (progress && times.length < depth) {
        progress = false;
        for (let index = first; index < end && !progress; index += 1) {
          const fits = ((events.marks[index] ?? 0) & (1 << times.length)) !== 0;
          if (!fits || chosen.includes(index)) continue;
          times.push(events.times[index] ?? 0);
          chosen.push(index);
          progress = true;
        }
      }
      first = end;
    }
    return { times, events: chosen };
  }

  function simpleOrdered(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    const count = markDepths(events, periodOf === ALL);
    let from = 0;
    while (from < count) {
      const period = periodOf(events.times[starts[from] ?? 0] ?? 0);
      let deepest = from;
      let to = from + 1;
      while (to < count && (periodOf === ALL || periodOf(events.times[starts[to] ?? 0] ?? 0) === period)) {
        if ((depths[to] ?? 0) > (depths[deepest] ?? 0)) deepest = to;
        to += 1;
      }
      onAttempt(followOrdered(events, starts[deepest] ?? 0, depths[deepest] ?? 0), period);
      from = to;
    }
  }

  /** Strict without ties: from each start the very next events must be the next steps. */
  function simpleStrict(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    let best: Attempt | null = null;
    let period = 0;
    for (let start = 0; start < events.count; start += 1) {
      if (((events.marks[start] ?? 0) & 1) === 0) continue;
      const startTime = events.times[start] ?? 0;
      const startPeriod = periodOf(startTime);
      if (best !== null && startPeriod !== period) {
        onAttempt(best, period);
        best = null;
      }
      period = startPeriod;
      if (best !== null && best.times.length === stepCount) continue;
      const times = [startTime];
      const chosen = [start];
      for (let index = start + 1; index < events.count && times.length < stepCount; index += 1) {
        const time = events.times[index] ?? 0;
        const marks = events.marks[index] ?? 0;
        if (time - startTime > windowMs) break;
        if ((marks & (1 << times.length)) !== 0) {
          times.push(time);
          chosen.push(index);
        } else if ((marks & plan.interruptBit) !== 0) break;
      }
      if (best === null || times.length > best.times.length) best = { times, events: chosen };
    }
    if (best !== null) onAttempt(best, period);
  }

  /** Unordered, each event fitting one step: from the back, when each step comes next. */
  function simpleUnordered(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    nextTimes.fill(Number.POSITIVE_INFINITY);
    let bestStart = -1;
    let bestDepth = 0;
    let period = 0;
    const found: Attempt[] = [];
    const periods: number[] = [];
    const flush = (): void => {
      if (bestStart < 0) return;
      found.push(followUnordered(events, bestStart, bestDepth));
      periods.push(period);
      bestStart = -1;
    };
    for (let index = events.count - 1; index >= 0; index -= 1) {
      const marks = (events.marks[index] ?? 0) & stepMarks;
      if (marks === 0) continue;
      const time = events.times[index] ?? 0;
      nextTimes[31 - Math.clz32(marks)] = time;
      const startPeriod = periodOf(time);
      if (startPeriod !== period) {
        flush();
        bestDepth = 0;
        period = startPeriod;
      }
      let depth = 0;
      for (let step = 0; step < stepCount; step += 1)
        if ((nextTimes[step] ?? 0) - time <= windowMs) depth += 1;
      if (depth >= bestDepth) {
        bestDepth = depth;
        bestStart = index;
      }
    }
    flush();
    for (let index = found.length - 1; index >= 0; index -= 1) {
      const attempt = found[index];
      if (attempt !== undefined) onAttempt(attempt, periods[index] ?? 0);
    }
  }

  function followUnordered(events: ViewerEvents, start: number, depth: number): Attempt {
    const times: number[] = [];
    const chosen: number[] = [];
    let filled = 0;
    for (let index = start; index < events.count && times.length < depth; index += 1) {
      const fits = (events.marks[index] ?? 0) & stepMarks & ~filled;
      if (fits === 0) continue;
      filled |= fits;
      times.push(events.times[index] ?? 0);
      chosen.push(index);
    }
    return { times, events: chosen };
  }

  function searched(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    let best: Attempt | null = null;
    let period = 0;
    let settledAt = Number.NaN;
    for (let start = 0; start < events.count; start += 1) {
      if (((events.marks[start] ?? 0) & startMarks) === 0) continue;
      const time = events.times[start] ?? 0;
      const startPeriod = periodOf(time);
      if (startPeriod !== period) {
        if (best !== null) onAttempt(best, period);
        best = null;
        period = startPeriod;
        settledAt = Number.NaN;
      }
      // Nothing goes deeper than all steps; only a start of the same millisecond can still be better.
      if (time > settledAt) continue;
      const attempt = searchAttempt(events, start, plan)?.attempt ?? null;
      if (attempt === null) continue;
      if (best === null || compareAttempts(attempt, best) < 0) best = attempt;
      if (best.times.length === stepCount) settledAt = time;
    }
    if (best !== null) onAttempt(best, period);
  }

  function bestByPeriod(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    if (starts.length < events.count) {
      starts = new Int32Array(events.count * 2);
      depths = new Uint8Array(events.count * 2);
    }
    if (!isSimple(events)) searched(events, periodOf, onAttempt);
    else if (order === 'ordered') simpleOrdered(events, periodOf, onAttempt);
    else if (order === 'strict') simpleStrict(events, periodOf, onAttempt);
    else simpleUnordered(events, periodOf, onAttempt);
  }

  return {
    best(events) {
      let best: Attempt | null = null;
      bestByPeriod(events, ALL, (attempt) => {
        best = attempt;
      });
      return best;
    },
    bestByPeriod,
  };
}

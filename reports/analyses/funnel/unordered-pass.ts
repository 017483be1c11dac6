import { stepMarksOf, type FunnelPass, type OnAttempt, type PeriodOf } from './pass.js';
import type { Attempt, FunnelPlan, ViewerEvents } from './viewer-events.js';

/** For unordered funnels where every event fits one step: from the back, when each step comes next. */
export function createUnorderedPass(plan: FunnelPlan): FunnelPass {
  const { stepCount, windowMs } = plan;
  const stepMarks = stepMarksOf(plan);
  const nextTimes = new Float64Array(stepCount);

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

  return simpleUnordered;
}

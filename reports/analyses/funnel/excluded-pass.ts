import { stepMarksOf, type FunnelPass, type OnAttempt, type PeriodOf } from './pass.js';
import { searchAttempt } from './search.js';
import type { Attempt, FunnelPlan, ViewerEvents } from './viewer-events.js';

/** For ordered funnels with exclusions where no two events share a millisecond: which starts are voided, by bits. */
export function createExcludedPass(plan: FunnelPlan): FunnelPass {
  const { stepCount, windowMs } = plan;
  const stepMarks = stepMarksOf(plan);
  const exclusionMarks = plan.exclusions.reduce((marks, { bit }) => marks | bit, 0);
  /** The depths, a bit each, at which an event of an exclusion voids a way that passes it over. */
  const voids = plan.exclusions.map(({ bit, fromStep, toStep }) => ({
    bit,
    depths: 2 ** toStep - 2 ** fromStep,
  }));

  /**
   * Ordered, no two events at once, exclusions among them: per start the depths that some way not voided has reached,
   * a bit each. Where the greatest depth is among them the exact search says by which way.
   */
  function excludedOrdered(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    let bestStart = -1;
    let bestDepth = 0;
    let period = 0;
    const flush = (): void => {
      const attempt =
        bestStart < 0
          ? null
          : (earliestWay(events, bestStart) ?? searchAttempt(events, bestStart, plan)?.attempt ?? null);
      if (attempt !== null) onAttempt(attempt, period);
      bestStart = -1;
      bestDepth = 0;
    };
    for (let start = 0; start < events.count; start += 1) {
      if (((events.marks[start] ?? 0) & 1) === 0) continue;
      const startPeriod = periodOf(events.times[start] ?? 0);
      if (startPeriod !== period) {
        flush();
        period = startPeriod;
      }
      if (bestDepth === stepCount) continue;
      const depth = depthUnlessVoid(events, start);
      if (depth > bestDepth) {
        bestDepth = depth;
        bestStart = start;
      }
    }
    flush();
  }

  /** Every step as early as can be, which no way beats; null where an exclusion voids it and a later one must be found. */
  function earliestWay(events: ViewerEvents, start: number): Attempt | null {
    const startTime = events.times[start] ?? 0;
    const times = [startTime];
    const chosen = [start];
    for (let index = start + 1; index < events.count && times.length < stepCount; index += 1) {
      const time = events.times[index] ?? 0;
      if (time - startTime > windowMs) break;
      const marks = events.marks[index] ?? 0;
      if ((marks & (1 << times.length)) !== 0) {
        times.push(time);
        chosen.push(index);
      } else if ((marks & exclusionMarks) !== 0) {
        const reached = 1 << times.length;
        if (voids.some(({ bit, depths }) => (marks & bit) !== 0 && (depths & reached) !== 0)) return null;
      }
    }
    return { times, events: chosen };
  }

  /** How deep the attempt of a start goes; 0 when every way there is voided. */
  function depthUnlessVoid(events: ViewerEvents, start: number): number {
    const lastTime = (events.times[start] ?? 0) + windowMs;
    let depth = 1;
    /** Bit k: a way not voided is k deep. */
    let alive = 1 << 1;
    for (let index = start + 1; index < events.count && (events.times[index] ?? 0) <= lastTime; index += 1) {
      const marks = events.marks[index] ?? 0;
      const fits = marks & stepMarks;
      if (depth < stepCount && (fits & (1 << depth)) !== 0) depth += 1;
      let passedOver = alive;
      if ((marks & exclusionMarks) !== 0) {
        for (const { bit, depths: voided } of voids) if ((marks & bit) !== 0) passedOver &= ~voided;
      }
      alive = passedOver | ((alive & fits) << 1);
      if (alive === 0) return 0;
      if ((alive & (1 << stepCount)) !== 0) return stepCount;
    }
    return (alive & (1 << depth)) === 0 ? 0 : depth;
  }

  return excludedOrdered;
}

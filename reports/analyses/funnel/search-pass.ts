import { stepMarksOf, type FunnelPass, type OnAttempt, type PeriodOf } from './pass.js';
import { searchAttempt } from './search.js';
import { compareAttempts, type Attempt, type FunnelPlan, type ViewerEvents } from './viewer-events.js';

/** For everything else: the exact search from every start. */
export function createSearchPass(plan: FunnelPlan): FunnelPass {
  const { stepCount } = plan;
  const startMarks = plan.order === 'unordered' ? stepMarksOf(plan) : 1;

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

  return searched;
}

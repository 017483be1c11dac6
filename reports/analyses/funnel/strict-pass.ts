import type { FunnelPass, OnAttempt, PeriodOf } from './pass.js';
import type { Attempt, FunnelPlan, ViewerEvents } from './viewer-events.js';

/** For strict funnels where no two events share a millisecond and every step interrupts: the next events are the next steps. */
export function createStrictPass(plan: FunnelPlan): FunnelPass {
  const { stepCount, windowMs } = plan;

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

  return simpleStrict;
}

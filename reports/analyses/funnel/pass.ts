import type { Attempt, FunnelPlan, ViewerEvents } from './viewer-events.js';

/** The period an instant lies in, as a number that grows with time. */
export type PeriodOf = (instantMs: number) => number;

/** One period for all time. */
export const ALL_TIME: PeriodOf = () => 0;

/** Hears of the attempt that counts in each period, in the order of the periods. */
export type OnAttempt = (attempt: Attempt, period: number) => void;

/** One way through a viewer's events, right for those it is made for. */
export type FunnelPass = (events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt) => void;

/** The marks of all steps. */
export function stepMarksOf({ stepCount }: FunnelPlan): number {
  return 2 ** stepCount - 1;
}

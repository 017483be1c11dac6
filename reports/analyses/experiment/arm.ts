import type { ExperimentCounts } from '../../../schemas/index.js';
import type { Sample } from '../../statistics.js';

/** One variant as it was counted, whoever counted it. */
export interface Arm {
  readonly variant: string;
  readonly users: number;
  /** Who converted; null where only sums are known. */
  readonly conversions: number | null;
  /** Of the value over all users, zeros included; null where only conversions are known. */
  readonly total: { readonly sum: number; readonly variance: number } | null;
}

/** An arm of counts that were checked already. */
export function armOfCounts({ variant, users, conversions, sum, sum_squares }: ExperimentCounts): Arm {
  if (sum === undefined || sum_squares === undefined) {
    return { variant, users, conversions: conversions ?? 0, total: null };
  }
  const spread = users === 0 ? 0 : Math.max(0, sum_squares - sum ** 2 / users);
  return { variant, users, conversions: null, total: { sum, variance: varianceOf(spread, users) } };
}

/** The variance of a sample (n − 1) from the sum of its squared deviations; 0 of fewer than two. */
export function varianceOf(squaredDeviations: number, users: number): number {
  return users < 2 ? 0 : squaredDeviations / (users - 1);
}

/** The values of an arm as a sample; null without users. */
export function sampleOf({ users, total }: Arm): Sample | null {
  if (users === 0 || total === null) return null;
  return { count: users, mean: total.sum / users, variance: total.variance };
}

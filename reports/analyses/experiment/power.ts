import type { ExperimentPlan } from '../../../schemas/index.js';
import { normalQuantile } from '../../statistics.js';

/** Users in each variant of a plan: n = (z₁₋α/₂ + z_power)² (p₁q₁ + p₂q₂) / effect², rounded up. */
export function usersPerVariant({
  baseline_rate,
  effect,
  power,
  confidence,
}: Pick<ExperimentPlan, 'baseline_rate' | 'effect' | 'power' | 'confidence'>): number {
  const rate = baseline_rate + effect;
  const variance = baseline_rate * (1 - baseline_rate) + rate * (1 - rate);
  return usersToFind(effect, variance, power, confidence);
}

/** Users in each of two groups so that a difference is found, the variances of a single user in both added up. */
export function usersToFind(
  difference: number,
  varianceSum: number,
  power: number,
  confidence: number,
): number {
  const quantiles = normalQuantile(1 - (1 - confidence) / 2) + normalQuantile(power);
  return Math.max(1, Math.ceil((quantiles ** 2 * varianceSum) / difference ** 2));
}

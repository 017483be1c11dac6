import { credit, type CreditSheet } from './paths.js';

/**
 * Shares one conversion among the touches `from … to − 1` by weights 2^(−age / half-life). Ages count from the
 * youngest touch, which changes no share and keeps the weights of very old paths above zero.
 */
export function shareByAge(
  sheet: CreditSheet,
  labels: ArrayLike<number>,
  times: ArrayLike<number>,
  from: number,
  to: number,
  halfLifeMs: number,
  value: number,
): void {
  const youngest = times[to - 1] ?? 0;
  const weightOf = (index: number): number => 2 ** (((times[index] ?? 0) - youngest) / halfLifeMs);
  let total = 0;
  for (let index = from; index < to; index += 1) total += weightOf(index);
  for (let index = from; index < to; index += 1)
    credit(sheet, labels[index] ?? 0, weightOf(index) / total, 1, value);
}

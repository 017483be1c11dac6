/** The band of a value: how many of the ascending thresholds it has reached. */
export function bandOf(value: number, thresholds: readonly number[]): number {
  let band = 0;
  while (band < thresholds.length && value >= (thresholds[band] ?? 0)) band += 1;
  return band;
}

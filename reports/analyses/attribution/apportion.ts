/** Whole numbers near the given ones that add up to the rounded sum: the largest remainders are rounded up. */
export function apportion(values: readonly number[]): number[] {
  const total = Math.round(values.reduce((sum, value) => sum + value, 0));
  // A hair below a whole number is that number: sums of fractions drift.
  const floors = values.map((value) => Math.floor(value + 1e-9));
  const missing = total - floors.reduce((sum, value) => sum + value, 0);
  const byRemainder = values
    .map((value, index) => ({ index, remainder: value - (floors[index] ?? 0) }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index);
  for (const { index } of byRemainder.slice(0, Math.max(0, missing)))
    floors[index] = (floors[index] ?? 0) + 1;
  return floors;
}

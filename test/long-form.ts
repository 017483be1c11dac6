/**
 * The whole test run has ten minutes. What repeats at random points does so a few times there, and often under
 * `WXLIVE_LONG=1`, which `npm run nightly` sets.
 */
export const LONG = process.env['WXLIVE_LONG'] === '1';

/** `short` times, or `long` times at night. */
export function times(short: number, long: number): number {
  return LONG ? long : short;
}

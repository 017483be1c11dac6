/** A scale of values with round marks. */
export interface ValueAxis {
  readonly low: number;
  readonly high: number;
  readonly marks: readonly number[];
}

export interface AxisOptions {
  /** No marks between whole numbers: people, orders. */
  readonly wholeNumbers: boolean;
  /** What round marks are round in: 60 puts seconds on whole minutes. */
  readonly roundUnit?: number;
}

const WANTED_MARKS = 4;

/** An axis from zero (or below, when values are) to the first round mark at or over the greatest value. */
export function valueAxis(values: Iterable<number | null>, options: AxisOptions): ValueAxis {
  let least = 0;
  let greatest = 0;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least === greatest) greatest = 1;
  const unit = options.roundUnit ?? 1;
  const step = roundStep((greatest - least) / unit / WANTED_MARKS, options.wholeNumbers) * unit;
  const first = Math.floor(least / step);
  // what rounding leaves over a mark is no reason for one more
  const last = Math.ceil(greatest / step - 1e-9);
  const marks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { low: first * step, high: last * step, marks };
}

/** The smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below `rough`. */
function roundStep(rough: number, wholeNumbers: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
  return wholeNumbers ? Math.max(1, Math.ceil(step)) : step;
}

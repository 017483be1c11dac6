import type { Interval } from './watch-intervals.js';

export interface Peak {
  readonly online: number;
  /** The first instant with so many; null when nobody watched. */
  readonly at: number | null;
}

export interface Concurrency {
  readonly peak: Peak;
  /** How many watch at an instant. */
  readonly onlineAt: (instantMs: number) => number;
}

/** How many watch at once; every interval is one viewer's, and a viewer's intervals do not overlap. */
export function measureConcurrency(intervals: readonly Interval[]): Concurrency {
  const starts = Float64Array.from(intervals, ({ from }) => from).sort();
  const ends = Float64Array.from(intervals, ({ to }) => to).sort();
  let online = 0;
  let peak: Peak = { online: 0, at: null };
  let ended = 0;
  for (const start of starts) {
    // Half open: whoever leaves at this instant is gone.
    while (ended < ends.length && (ends[ended] ?? 0) <= start) {
      ended += 1;
      online -= 1;
    }
    online += 1;
    if (online > peak.online) peak = { online, at: start };
  }
  return {
    peak,
    onlineAt: (instantMs) => countUpTo(starts, instantMs) - countUpTo(ends, instantMs),
  };
}

/** How many of the sorted values are at most the limit. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

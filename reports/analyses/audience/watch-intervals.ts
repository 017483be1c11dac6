/** A stretch of time, half open, in UTC milliseconds. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What an event does to watching. Of one millisecond anything else comes first, then enters, then leaves. */
export const ACT = { other: 0, enter: 1, leave: 2 } as const;

/** One viewer's events in one room, in order of time, then of what they do. */
export interface Acts {
  readonly count: number;
  readonly times: ArrayLike<number>;
  readonly kinds: ArrayLike<number>;
}

/**
 * When a viewer watched: from any event to the leave that closes the last open enter; a silence longer than the
 * timeout ends the stretch at the last event before it. The viewer's devices are one stream, so stretches are apart.
 */
export function deriveWatchIntervals({ count, times, kinds }: Acts, timeoutMs: number): Interval[] {
  const intervals: Interval[] = [];
  let begun: number | null = null;
  let last = 0;
  let openEnters = 0;
  const end = (at: number): void => {
    if (begun !== null && at > begun) intervals.push({ from: begun, to: at });
    begun = null;
    openEnters = 0;
  };
  for (let index = 0; index < count; index += 1) {
    const time = times[index] ?? 0;
    if (begun !== null && time - last > timeoutMs) end(last);
    last = time;
    if (kinds[index] === ACT.leave) {
      openEnters = Math.max(0, openEnters - 1);
      if (openEnters === 0) end(time);
      continue;
    }
    begun ??= time;
    if (kinds[index] === ACT.enter) openEnters += 1;
  }
  end(last);
  return intervals;
}

/** The live and the replay part of a stretch of watching. */
export interface Split {
  readonly live: readonly Interval[];
  readonly replay: readonly Interval[];
}

/**
 * Clips a stretch to the room's lives (apart, in order). What begins after a live's end is its replay, until the next
 * live begins; what runs past the end of the live it saw is cut, as is what lies before the first.
 */
export function splitByLives(interval: Interval, lives: readonly Interval[]): Split {
  if (lives.length === 0) return { live: [interval], replay: [] };
  const live = lives
    .map(({ from, to }) => ({ from: Math.max(from, interval.from), to: Math.min(to, interval.to) }))
    .filter(({ from, to }) => from < to);
  const ended = lives.filter(({ to }) => to <= interval.from).length;
  const during = lives.some(({ from, to }) => from <= interval.from && interval.from < to);
  if (ended === 0 || during) return { live, replay: [] };
  const next = lives[ended]?.from ?? Number.POSITIVE_INFINITY;
  return { live, replay: [{ from: interval.from, to: Math.min(next, interval.to) }] };
}

/** Lives that overlap or touch become one; without an end they run on. */
export function mergeLives(
  lives: readonly { readonly from: number; readonly to: number | null }[],
): Interval[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...lives].sort((left, right) => left.from - right.from)) {
    const end = to ?? Number.POSITIVE_INFINITY;
    const before = merged.at(-1);
    if (end <= from) continue;
    if (before !== undefined && from <= before.to) before.to = Math.max(before.to, end);
    else merged.push({ from, to: end });
  }
  return merged;
}

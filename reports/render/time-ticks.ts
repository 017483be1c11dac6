import { wallClockOf } from './wall-clock.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Steps people read a clock in, in minutes. */
const STEPS_MINUTES = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720] as const;
const MOST_TICKS = 9;

/** Round times between two instants (UTC ms), as the clock of a time zone shows them: `20:30`, at midnight `09-11`. */
export function timeTicks(from: number, to: number, timeZone: string): { instant: number; label: string }[] {
  const wall = wallClockOf(timeZone);
  const minutes = STEPS_MINUTES.find((step) => (to - from) / (step * MINUTE_MS) <= MOST_TICKS);
  const step =
    minutes === undefined ? Math.ceil((to - from) / DAY_MS / MOST_TICKS) * DAY_MS : minutes * MINUTE_MS;
  // walls and instants differ by whole quarters of an hour, which need not be whole steps
  const stride = greatestCommonDivisor(step, 15 * MINUTE_MS);
  const ticks: { instant: number; label: string }[] = [];
  for (let instant = Math.ceil(from / stride) * stride; instant <= to; instant += stride) {
    const shown = wall(instant);
    if (shown % step !== 0) continue;
    const text = new Date(shown).toISOString();
    ticks.push({ instant, label: shown % DAY_MS === 0 ? text.slice(5, 10) : text.slice(11, 16) });
  }
  return ticks;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

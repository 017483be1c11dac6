import { MINUTE_MS } from './scheduler-tools.js';

const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
/** Together about 25 hours. */
const MOST_ATTEMPTS = 30;

/** How long to wait after so many attempts (from 1): 1, 2, 4 … 60 minutes. */
export function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, MINUTE_MS * 2 ** Math.max(0, attempts - 1));
}

/** Whether to try again after so many attempts. */
export function givesUp(attempts: number): boolean {
  return attempts >= MOST_ATTEMPTS;
}

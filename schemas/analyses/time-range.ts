import { fail, succeed, type Outcome } from '../outcome.js';
import { addDays, dayNumber, DAY_MS, isDay, startOfDay } from '../report-day.js';

import type { AnalysisFailure } from './analysis-failure.js';

/** A half-open range of UTC milliseconds; null is no bound. */
export interface TimeRange {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** What the warehouse can hold; no event lies outside, so a bound beyond is none. */
export const EARLIEST_INSTANT_MS = Date.UTC(1900, 0, 2);
export const LATEST_INSTANT_MS = Date.UTC(2299, 11, 30);

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Reads `from` and `to`: instants, or bare dates that mean the whole day in the report zone. A `to` of 9999-12-31 is as
 * good as none.
 */
export function resolveTimeRange(
  spec: { readonly from: string | number | null; readonly to: string | number | null },
  zone: string,
): Outcome<TimeRange, AnalysisFailure> {
  const from = resolveBound('from', spec.from, zone);
  if (!from.ok) return from;
  const to = resolveBound('to', spec.to, zone);
  if (!to.ok) return to;
  if (from.value !== null && to.value !== null && from.value >= to.value) {
    return fail({
      code: 'bad_range',
      message: 'from is not before to',
      zh: 'from 应早于 to',
    });
  }
  return succeed({
    fromMs:
      from.value === null || from.value < EARLIEST_INSTANT_MS
        ? null
        : Math.min(from.value, LATEST_INSTANT_MS),
    toMs: to.value === null || to.value > LATEST_INSTANT_MS ? null : Math.max(to.value, EARLIEST_INSTANT_MS),
  });
}

function resolveBound(
  key: 'from' | 'to',
  bound: string | number | null,
  zone: string,
): Outcome<number | null, AnalysisFailure> {
  if (bound === null || typeof bound === 'number') return succeed(bound);
  const text = bound.trim();
  if (isDay(text)) {
    // Beyond the last day there is no next one.
    const startMs = dayNumber(text) * DAY_MS;
    if (startMs < EARLIEST_INSTANT_MS || startMs > LATEST_INSTANT_MS)
      return succeed(key === 'from' ? startMs : startMs + DAY_MS);
    return succeed(startOfDay(key === 'from' ? text : addDays(text, 1), zone));
  }
  const milliseconds = INSTANT.test(text) ? parseInstant(text) : Number.NaN;
  if (Number.isFinite(milliseconds) && isDay(text.slice(0, 10))) return succeed(milliseconds);
  return fail({
    code: 'bad_range',
    message: `${key} is no instant: write 2026-09-09T20:00:00+08:00 (with an offset), or 2026-09-09 for the whole day`,
    zh: `${key} 不是时间：请写 2026-09-09T20:00:00+08:00（带时区），或 2026-09-09 表示整天`,
  });
}

/** A fraction of a millisecond in a bound is cut, as it is in event times. */
function parseInstant(text: string): number {
  const plain = text
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  return Date.parse(plain.toUpperCase());
}

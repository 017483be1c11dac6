import { fail, succeed, type Outcome } from './outcome.js';

/** What a bare number stands for. */
export type DurationUnit = 'milliseconds' | 'seconds' | 'minutes' | 'hours';

/** Longer than any watch time: a year. What lies beyond is an epoch time or an id in the wrong column. */
export const MAX_DURATION_SECONDS = 366 * 86_400;

const SECONDS_PER_UNIT: Readonly<Record<DurationUnit, number>> = {
  milliseconds: 0.001,
  seconds: 1,
  minutes: 60,
  hours: 3600,
};

/** Unit words of the parts of `1小时2分3秒` and `1h 2m 3s`, longest first. */
const PART_UNITS: readonly (readonly [pattern: string, seconds: number])[] = [
  ['毫秒|milliseconds?|msecs?|ms', 0.001],
  ['天|日|days?|d', 86_400],
  ['个?小时|个?钟头|时|hours?|hrs?|h', 3600],
  ['分钟|分|minutes?|mins?|m', 60],
  ['秒钟|秒|seconds?|secs?|s', 1],
];
const NUMBER = '\\d+(?:\\.\\d+)?';
const BARE_NUMBER = new RegExp(`^${NUMBER}$`, 'u');
const PART = new RegExp(`^(${NUMBER})(?:${PART_UNITS.map(([pattern]) => `(${pattern})`).join('|')})`, 'u');

/**
 * The unit that a header states: `观看时长（分钟）`, `watch_seconds`, `时长(s)`; null when it states none.
 */
export function durationUnitOfHeader(header: string): DurationUnit | null {
  const folded = header.normalize('NFKC').toLowerCase().replace(/\s+/gu, '');
  const stated = /\(([^()]*)\)$/u.exec(folded)?.[1] ?? /[_-]([a-z]+)$/u.exec(folded)?.[1] ?? '';
  if (/^(?:毫秒|ms|msecs?|milliseconds?)$/u.test(stated)) return 'milliseconds';
  if (/^(?:秒钟?|s|secs?|seconds?)$/u.test(stated)) return 'seconds';
  if (/^(?:分钟?|m|mins?|minutes?)$/u.test(stated)) return 'minutes';
  if (/^(?:小时|时|h|hrs?|hours?)$/u.test(stated)) return 'hours';
  return null;
}

/**
 * A duration in whole seconds (halves round up): a bare number in `unit`, `1小时2分3秒`, `52分`, `1h2m3s`,
 * `00:52:00`, `52:00` (minutes and seconds), thousands commas and full-width digits. Whatever the cell states
 * itself wins over `unit`. `-`, `--` and blank are null; negative, unreadable and beyond a year is `bad_duration`.
 */
export function parseDurationSeconds(
  value: string | number | boolean | null,
  unit: DurationUnit = 'seconds',
): Outcome<number | null, { readonly code: 'bad_duration' }> {
  if (value === null) return succeed(null);
  if (typeof value === 'boolean') return fail({ code: 'bad_duration' });
  if (typeof value === 'number') return wholeSeconds(value * SECONDS_PER_UNIT[unit]);
  const text = value
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, '')
    .replace(/(?<=\d),(?=\d{3})/gu, '');
  if (/^[-–—]*$/u.test(text)) return succeed(null);
  if (BARE_NUMBER.test(text)) return wholeSeconds(Number(text) * SECONDS_PER_UNIT[unit]);
  const seconds = clockSeconds(text) ?? partSeconds(text);
  return seconds === null ? fail({ code: 'bad_duration' }) : wholeSeconds(seconds);
}

/** `1:02:03`, `52:00`, `00:52:00.5`; a day part (`1.02:03:04`) is not one of the forms. */
function clockSeconds(text: string): number | null {
  const found = /^(?:(\d{1,5}):)?(\d{1,4}):(\d{2}(?:\.\d+)?)$/u.exec(text);
  if (found === null) return null;
  const [, hours, minutes, seconds] = found;
  if (Number(seconds) >= 60 || (hours !== undefined && Number(minutes) >= 60)) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Parts in falling order of their units, each at most once. */
function partSeconds(text: string): number | null {
  let rest = text;
  let total = 0;
  let lastUnit = Number.POSITIVE_INFINITY;
  while (rest !== '') {
    const found = PART.exec(rest);
    if (found === null) return null;
    const groups: readonly (string | undefined)[] = found.slice(2);
    const index = groups.findIndex((group) => group !== undefined);
    const unit = PART_UNITS[index]?.[1];
    if (unit === undefined || unit >= lastUnit) return null;
    total += Number(found[1]) * unit;
    lastUnit = unit;
    rest = rest.slice(found[0].length);
  }
  return lastUnit === Number.POSITIVE_INFINITY ? null : total;
}

function wholeSeconds(seconds: number): Outcome<number, { readonly code: 'bad_duration' }> {
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > MAX_DURATION_SECONDS) {
    return fail({ code: 'bad_duration' });
  }
  // 47.25 minutes and 0.1 hours are exact in decimal, not in binary: a billionth decides no half.
  return succeed(Math.round(Number(seconds.toFixed(9))));
}

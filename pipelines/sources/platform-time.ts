import {
  dayOf,
  DAY_MS,
  EARLIEST_INSTANT,
  fail,
  parseInstantText,
  succeed,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import { textOf } from './export-cell.js';

/** Platform exports are Beijing time whatever the report zone (PRODUCT §3). */
const ZONE = 'Asia/Shanghai';
const LATEST = Date.UTC(2100, 0, 1);
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$/u;

/**
 * A time as the platforms' exports write it, in UTC milliseconds: `2026-09-10 23:00`, `2025.3.26 18:17`,
 * `2026/9/10 8:05:09.5`, `2026年9月10日 20时05分`, `20260911110000`, ISO 8601 with or without offset, and epoch
 * seconds or milliseconds as number or text. Without an offset it is Beijing time; a date alone is its midnight.
 * null where nothing stands; otherwise `time_unreadable`, or `time_out_of_range` outside 2000 to 2099.
 */
export function platformTime(value: unknown, field: string): Outcome<number | null, RejectFailure> {
  const text = textOf(value);
  if (text === null) return succeed(null);
  const time = epochTime(text) ?? wallClockTime(text.normalize('NFKC'));
  if (time === null || typeof value === 'boolean') return fail({ code: 'time_unreadable', field });
  return time < EARLIEST_INSTANT || time >= LATEST
    ? fail({ code: 'time_out_of_range', field })
    : succeed(time);
}

/** The same for something that has happened: at most one day ahead of receipt. */
export function pastTime(
  value: unknown,
  receivedAt: number,
  field: string,
): Outcome<number | null, RejectFailure> {
  const time = platformTime(value, field);
  if (time.ok && time.value !== null && time.value > receivedAt + DAY_MS) {
    return fail({ code: 'time_out_of_range', field });
  }
  return time;
}

/** Epoch time of an API that counts in seconds; 0 means "not yet" there. */
export function apiTime(value: unknown, field: string): Outcome<number | null, RejectFailure> {
  return value === 0 || value === '0' ? succeed(null) : platformTime(value, field);
}

/** The calendar day in Beijing, `2026-09-10`, of a date or a time. */
export function platformDay(value: unknown, field: string): Outcome<string | null, RejectFailure> {
  const time = platformTime(value, field);
  if (!time.ok || time.value === null) return time.ok ? succeed(null) : time;
  return succeed(dayOf(time.value, ZONE));
}

/** 9 to 10 digits are seconds, 12 to 13 milliseconds; 8 and 14 digits are a date. */
function epochTime(text: string): number | null {
  if (/^\d{9,10}(?:\.\d+)?$/u.test(text)) return Math.trunc(Number(text) * 1000);
  return /^\d{12,13}$/u.test(text) ? Number(text) : null;
}

function wallClockTime(text: string): number | null {
  const compact = COMPACT.exec(text);
  if (compact === null) return parseInstantText(text, ZONE);
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = compact;
  return parseInstantText(`${year}-${month}-${day} ${hour}:${minute}:${second}`, ZONE);
}

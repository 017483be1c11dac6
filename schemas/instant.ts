import { DAY_MS, zoneOffset } from './report-day.js';

/** Instants are UTC milliseconds since the epoch, as plain numbers. Nothing of ours lies before this one. */
export const EARLIEST_INSTANT = Date.UTC(2000, 0, 1);

/** Why a stated time is no instant; codes of failures.ts. */
export type TimeFailureCode = 'time_unreadable' | 'time_unit' | 'time_without_offset' | 'time_out_of_range';

export interface TimeRules {
  /** When the row arrived: a stated time is at most one day ahead of it. */
  readonly receivedAt: number;
  /** IANA zone of times without an offset; null: such a time is `time_without_offset`. */
  readonly zone: string | null;
}

/**
 * The instant that an event states, or the code of what is wrong: epoch milliseconds as a number or a text of 12 to
 * 14 digits (a fraction is cut), ISO 8601, or wall-clock text with `rules.zone`. Epoch seconds are `time_unit`.
 */
export function readInstant(value: unknown, rules: TimeRules): number | TimeFailureCode {
  if (typeof value === 'number') return fromEpoch(value, rules.receivedAt);
  if (typeof value !== 'string') return 'time_unreadable';
  const text = value.trim();
  if (isEpochText(text)) {
    const digits = text.includes('.') ? text.indexOf('.') : text.length;
    // Eight digits are a date, five a spreadsheet's day number: neither is an instant.
    return digits < 9 ? 'time_unreadable' : fromEpoch(Number(text), rules.receivedAt);
  }
  const parsed = parseCalendarTime(text);
  if (parsed === null) return 'time_unreadable';
  if (parsed.offset === null && rules.zone === null) return 'time_without_offset';
  return inRange(toInstant(parsed, rules.zone ?? 'UTC'), rules.receivedAt);
}

/** The same for sources whose clock counts epoch seconds (We分析): number or text. */
export function readEpochSeconds(value: unknown, receivedAt: number): number | TimeFailureCode {
  const text = typeof value === 'string' ? value.trim() : value;
  if (typeof text === 'string' && !isEpochText(text)) return 'time_unreadable';
  const seconds = typeof text === 'string' || typeof text === 'number' ? Number(text) : Number.NaN;
  if (!Number.isFinite(seconds)) return 'time_unreadable';
  return inRange(Math.trunc(seconds * 1000), receivedAt);
}

/** An ISO or wall-clock text as an instant, without any bound; null when it is unreadable. */
export function parseInstantText(text: string, zone: string): number | null {
  const parsed = parseCalendarTime(text.trim());
  return parsed === null ? null : toInstant(parsed, zone);
}

/** Whether Intl knows the zone. */
export function isTimeZone(zone: string): boolean {
  try {
    zoneOffset(0, zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The instant at which the zone's clocks show a wall time (given as if it were UTC milliseconds). Shown twice, the
 * first; never shown (clocks skip it), as far after the gap as it lies in it.
 */
export function instantOfWallTime(wall: number, zone: string): number {
  const before = cachedOffset(wall - DAY_MS, zone);
  const after = cachedOffset(wall + DAY_MS, zone);
  if (before === after) return wall - before;
  const first = wall - Math.max(before, after);
  const second = wall - Math.min(before, after);
  if (first + cachedOffset(first, zone) === wall) return first;
  if (second + cachedOffset(second, zone) === wall) return second;
  return wall - before;
}

function fromEpoch(value: number, receivedAt: number): number | TimeFailureCode {
  if (Number.isNaN(value)) return 'time_unreadable';
  const instant = Math.trunc(value);
  if (instant >= EARLIEST_INSTANT && instant <= receivedAt + DAY_MS) return instant;
  const asSeconds = value * 1000;
  if (asSeconds >= EARLIEST_INSTANT && asSeconds <= receivedAt + DAY_MS) return 'time_unit';
  return 'time_out_of_range';
}

function inRange(instant: number, receivedAt: number): number | TimeFailureCode {
  return instant >= EARLIEST_INSTANT && instant <= receivedAt + DAY_MS ? instant : 'time_out_of_range';
}

/** Digits, with one point among them at most. */
function isEpochText(text: string): boolean {
  let points = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46 && at > 0) points += 1;
    else if (code < 48 || code > 57) return false;
  }
  return text.length > 0 && points <= 1;
}

interface CalendarTime {
  /** What the clock shows, as if it were UTC milliseconds. */
  readonly wall: number;
  /** Milliseconds ahead of UTC; null when the text states none. */
  readonly offset: number | null;
}

const CALENDAR =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/u;
const CHINESE =
  /^(\d{4})(年)(\d{1,2})月(\d{1,2})日(?:\s*(\d{1,2})[:时](\d{1,2})(?:[:分](?:(\d{1,2})(?:\.(\d{1,9}))?秒?)?)?)?$/u;
/** ISO 8601 without separators. */
const COMPACT =
  /^(\d{4})(\d{2}())(\d{2})[Tt](\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/u;

/** Strict about the calendar: 30 February and 24:00 are unreadable, not another day. */
function parseCalendarTime(text: string): CalendarTime | null {
  const found = CALENDAR.exec(text) ?? CHINESE.exec(text);
  if (found !== null) {
    const [, year, , month, day, hour, minute, second, fraction, offset] = found;
    return calendarTime([year, month, day, hour, minute, second], fraction, offset);
  }
  const compact = COMPACT.exec(text);
  if (compact === null) return null;
  const [, year, month, , day, hour, minute, second, fraction, offset] = compact;
  return calendarTime([year, month, day, hour, minute, second], fraction, offset);
}

function calendarTime(
  parts: readonly (string | undefined)[],
  fraction: string | undefined,
  offsetText: string | undefined,
): CalendarTime | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const milliseconds = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  const offset = offsetText === undefined ? null : parseOffset(offsetText);
  if (offset === undefined) return null;
  return { wall: Date.UTC(year, month - 1, day, hour, minute, second, milliseconds), offset };
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `Z`, `+08`, `+0800`, `+08:00`; undefined beyond the 18 hours that any clock is off. */
function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = text.length > 3 ? Number(text.slice(-2)) : 0;
  if (minutes > 59 || hours * 60 + minutes > 18 * 60) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function toInstant(time: CalendarTime, zone: string): number {
  return time.offset === null ? instantOfWallTime(time.wall, zone) : time.wall - time.offset;
}

/** China has kept one clock since the summer time of 1991 ended. */
const SHANGHAI_STEADY_SINCE = Date.UTC(1992, 0, 1);
const QUARTER_HOUR_MS = 900_000;
const MOST_CACHED = 20_000;
const offsets = new Map<string, Map<number, number>>();

/** Clocks change on quarters of an hour only, so that is how offsets are remembered. */
function cachedOffset(instant: number, zone: string): number {
  if (zone === 'Asia/Shanghai' && instant >= SHANGHAI_STEADY_SINCE) return 8 * 3_600_000;
  let ofZone = offsets.get(zone);
  if (ofZone === undefined || ofZone.size > MOST_CACHED) {
    ofZone = new Map();
    offsets.set(zone, ofZone);
  }
  const quarter = Math.floor(instant / QUARTER_HOUR_MS);
  let offset = ofZone.get(quarter);
  if (offset === undefined) {
    offset = zoneOffset(instant, zone);
    ofZone.set(quarter, offset);
  }
  return offset;
}

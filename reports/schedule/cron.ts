import { parse, validateDetailed } from 'node-cron';
import {
  addDays,
  dayNumber,
  dayOf,
  DAY_MS,
  fail,
  instantOfWallTime,
  succeed,
  zoneOffset,
  type Outcome,
} from '../../schemas/index.js';

/** When something is due: wall-clock minutes of a zone. */
export interface CronTimes {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** `L`: the last day of the month. */
  readonly lastDayOfMonth: boolean;
  readonly months: readonly number[];
  /** 0 Sunday to 6. */
  readonly daysOfWeek: readonly number[];
  readonly timeZone: string;
}

/** Why an expression cannot be used, in English, for the one who wrote it. */
export interface CronFailure {
  readonly code: 'bad_cron';
  readonly message: string;
}

const EVERY_HOUR = 24;
const MINUTE_MS = 60_000;
/** A leap day comes after eight years at most. */
const MOST_DAYS_AHEAD = 366 * 9;

/** Reads five fields (minute hour day-of-month month day-of-week) by node-cron's grammar: `*`, lists, ranges, steps, names, `L`. */
export function parseCron(expression: string, timeZone: string): Outcome<CronTimes, CronFailure> {
  if (expression.trim().split(/\s+/).length !== 5)
    return bad('five fields are needed: minute hour day-of-month month day-of-week');
  const checked = validateDetailed(expression);
  if (!checked.valid) return bad(checked.errors.map(({ message }) => message).join('; '));
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parse(expression);
  const lastDayOfMonth = dayOfMonth.includes('L');
  const daysOfMonth = numbersOf(dayOfMonth.filter((one) => one !== 'L'));
  const daysOfWeek = numbersOf(dayOfWeek);
  if (daysOfMonth === null || daysOfWeek === null) return bad('W, # and L of a weekday are not supported');
  const weekdays = [...new Set(daysOfWeek.map((day) => day % 7))];
  // cron takes either, node-cron both: whoever writes both would be surprised by one of them
  if ((daysOfMonth.length < 31 || lastDayOfMonth) && weekdays.length < 7)
    return bad('give a day of the month or a day of the week, not both');
  return succeed({
    minutes: minute,
    hours: hour,
    daysOfMonth,
    lastDayOfMonth,
    months: month,
    daysOfWeek: weekdays,
    timeZone,
  });
}

/**
 * The due times in (after, until], ascending, UTC ms. A wall time that clocks skip is due as long after the gap as it
 * lies in it; one that they show twice is due the first time, with every hour due also the second.
 */
export function timesBetween(times: CronTimes, after: number, until: number): readonly number[] {
  const found: number[] = [];
  for (const day of daysFrom(times, after)) {
    if (dayNumber(day) * DAY_MS > until + DAY_MS) break;
    found.push(...timesOf(times, day).filter((time) => time > after && time <= until));
  }
  // around a change of the clocks the times of two days may meet
  return [...new Set(found)].sort((one, other) => one - other);
}

/** The first due time after an instant; null when there is none in years (31 February). */
export function nextTime(times: CronTimes, after: number): number | null {
  for (const day of daysFrom(times, after)) {
    const [first] = timesOf(times, day).filter((time) => time > after);
    if (first !== undefined) return first;
  }
  return null;
}

function* daysFrom(times: CronTimes, after: number): Generator<string> {
  const first = dayOf(after - DAY_MS, times.timeZone);
  for (let ahead = 0; ahead < MOST_DAYS_AHEAD; ahead++) {
    const day = addDays(first, ahead);
    if (isDue(times, day)) yield day;
  }
}

function isDue(times: CronTimes, day: string): boolean {
  const [, month, date] = day.split('-').map(Number);
  // 1970-01-01 was a Thursday
  const weekday = (dayNumber(day) + 4) % 7;
  const isLast = times.lastDayOfMonth && addDays(day, 1).endsWith('-01');
  return (
    times.months.includes(month ?? 0) &&
    times.daysOfWeek.includes(weekday) &&
    (times.daysOfMonth.includes(date ?? 0) || isLast)
  );
}

function timesOf(times: CronTimes, day: string): readonly number[] {
  const midnight = dayNumber(day) * DAY_MS;
  const steady = times.hours.length === EVERY_HOUR;
  const found = times.hours.flatMap((hour) =>
    times.minutes.flatMap((minute) => {
      const wall = midnight + (hour * 60 + minute) * MINUTE_MS;
      return steady ? instantsShowing(wall, times.timeZone) : [instantOfWallTime(wall, times.timeZone)];
    }),
  );
  return [...new Set(found)].sort((one, other) => one - other);
}

/** Every instant at which the zone's clocks show a wall time: none, one or two. */
function instantsShowing(wall: number, zone: string): readonly number[] {
  const offsets = new Set([zoneOffset(wall - DAY_MS, zone), zoneOffset(wall + DAY_MS, zone)]);
  return [...offsets].map((offset) => wall - offset).filter((at) => at + zoneOffset(at, zone) === wall);
}

function numbersOf(values: readonly (number | string)[]): readonly number[] | null {
  const numbers = values.map(Number);
  return numbers.some(Number.isNaN) ? null : numbers;
}

function bad(message: string): { readonly ok: false; readonly failure: CronFailure } {
  return fail({ code: 'bad_cron', message });
}

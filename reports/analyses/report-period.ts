import {
  addDays,
  dayNumber,
  dayText,
  startOfMonth,
  startOfWeek,
  zoneOffset,
  DAY_MS,
} from '../../schemas/index.js';

export type PeriodUnit = 'day' | 'week' | 'month';

/** Zones shift their clocks at whole quarters of an hour. */
const QUARTER_MS = 900_000;

/** Periods of the report zone as numbers: days since 1970-01-01 of their first day. */
export interface PeriodClock {
  /** The period an instant lies in; fast, made for millions of calls. */
  readonly periodOf: (instantMs: number) => number;
  /** The period a day (since 1970-01-01) lies in. */
  readonly periodOfDay: (day: number) => number;
  /** The first day of a period: `2026-11-23`. */
  nameOf(period: number): string;
  /** All periods from one to another, both included. */
  between(first: number, last: number): number[];
}

export function createPeriodClock(unit: PeriodUnit, zone: string): PeriodClock {
  const offsets = new Map<number, number>();
  const firstDays = new Map<number, number>();

  function firstDayOf(day: number): number {
    if (unit === 'day') return day;
    let first = firstDays.get(day);
    if (first === undefined) {
      first = dayNumber(unit === 'week' ? startOfWeek(dayText(day)) : startOfMonth(dayText(day)));
      firstDays.set(day, first);
    }
    return first;
  }

  function next(period: number): number {
    if (unit === 'day') return period + 1;
    return unit === 'week' ? period + 7 : dayNumber(startOfMonth(addDays(dayText(period), 31)));
  }

  return {
    periodOf(instantMs) {
      const quarter = Math.floor(instantMs / QUARTER_MS);
      let offset = offsets.get(quarter);
      if (offset === undefined) {
        offset = zoneOffset(quarter * QUARTER_MS, zone);
        offsets.set(quarter, offset);
      }
      return firstDayOf(Math.floor((instantMs + offset) / DAY_MS));
    },
    periodOfDay: firstDayOf,
    nameOf: dayText,
    between(first, last) {
      const periods: number[] = [];
      for (let period = first; period <= last; period = next(period)) periods.push(period);
      return periods;
    },
  };
}

import {
  addDays,
  dayNumber,
  dayOf,
  startOfDay,
  startOfMonth,
  startOfWeek,
  type Language,
  type ReportDefinition,
} from '../../schemas/index.js';
import type { ReportPeriod } from '../render/report-document.js';

const DAYS = { yesterday: 1, last_7_days: 7, last_30_days: 30 } as const;

/** The period of a run: whole days of the report zone, half open. */
export function definedPeriod(
  definition: ReportDefinition,
  now: number,
  zone: string,
  language: Language,
): ReportPeriod {
  const [first, end] = definedDays(definition.period, dayOf(now, zone));
  return periodOf(startOfDay(first, zone), startOfDay(end, zone), zone, language);
}

/** First day of the period and the day after its last. */
function definedDays(period: ReportDefinition['period'], today: string): readonly [string, string] {
  if (period === 'last_week') {
    const monday = startOfWeek(today);
    return [addDays(monday, -7), monday];
  }
  if (period === 'last_month') {
    const first = startOfMonth(today);
    return [startOfMonth(addDays(first, -1)), first];
  }
  return [addDays(today, -DAYS[period]), today];
}

/** A period with the name people give it. */
export function periodOf(from: number, to: number, zone: string, language: Language): ReportPeriod {
  const first = dayOf(from, zone);
  const last = dayOf(to - 1, zone);
  const weekday = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    weekday: 'short',
    timeZone: zone,
  });
  const label =
    first === last
      ? language === 'zh'
        ? `${first}（${weekday.format(from)}）`
        : `${first} (${weekday.format(from)})`
      : language === 'zh'
        ? `${first} 至 ${last}`
        : `${first} to ${last}`;
  return { from, to, label };
}

/** A stretch of time, UTC ms, half open. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** An earlier period that figures stand beside. */
export interface Comparison extends Bounds {
  readonly id: 'previous' | 'weekday';
  readonly label: string;
}

/**
 * What the figures of a period are compared with: the period of the same length just before; for a single day also the
 * same weekday of the week before. Whole days stay whole days where clocks change.
 */
export function comparisonsOf(period: Bounds, zone: string, language: Language): readonly Comparison[] {
  const days = wholeDays(period, zone);
  const zh = language === 'zh';
  if (days === null) {
    const length = period.to - period.from;
    return [
      { id: 'previous', label: zh ? '较前一期' : 'vs before', from: period.from - length, to: period.from },
    ];
  }
  const shifted = (by: number): Bounds => ({
    from: startOfDay(addDays(dayOf(period.from, zone), -by), zone),
    to: startOfDay(addDays(dayOf(period.to, zone), -by), zone),
  });
  const month = startOfMonth(dayOf(period.from, zone));
  if (month === dayOf(period.from, zone) && startOfMonth(addDays(month, 31)) === dayOf(period.to, zone)) {
    const before = startOfMonth(addDays(month, -1));
    return [
      {
        id: 'previous',
        label: zh ? '较上月' : 'vs month before',
        from: startOfDay(before, zone),
        to: period.from,
      },
    ];
  }
  if (days !== 1) {
    const label = days === 7 ? (zh ? '较前 7 天' : 'vs 7 days before') : zh ? '较前一期' : 'vs before';
    return [{ id: 'previous', label, ...shifted(days) }];
  }
  return [
    { id: 'previous', label: zh ? '较前一日' : 'vs day before', ...shifted(1) },
    { id: 'weekday', label: zh ? '较上周同日' : 'vs last week', ...shifted(7) },
  ];
}

/** How many days of the zone a period is, when it begins and ends with one; else null. */
function wholeDays({ from, to }: Bounds, zone: string): number | null {
  const [first, end] = [dayOf(from, zone), dayOf(to, zone)];
  const whole = startOfDay(first, zone) === from && startOfDay(end, zone) === to;
  return whole ? dayNumber(end) - dayNumber(first) : null;
}

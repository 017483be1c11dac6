import { addDays, dayOf, startOfDay, type Language, type ReportDefinition } from '../../schemas/index.js';
import type { ReportPeriod } from '../render/report-document.js';

const DAYS: Readonly<Record<ReportDefinition['period'], number>> = {
  yesterday: 1,
  last_7_days: 7,
  last_30_days: 30,
};

/** The period of a run: whole days of the report zone, half open. */
export function definedPeriod(
  definition: ReportDefinition,
  now: number,
  zone: string,
  language: Language,
): ReportPeriod {
  const today = dayOf(now, zone);
  return periodOf(
    startOfDay(addDays(today, -DAYS[definition.period]), zone),
    startOfDay(today, zone),
    zone,
    language,
  );
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

/** The period of the same length just before. */
export function periodBefore(period: ReportPeriod): { readonly from: number; readonly to: number } {
  return { from: period.from - (period.to - period.from), to: period.from };
}

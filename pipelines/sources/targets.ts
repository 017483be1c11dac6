import { fail, isDay, isPlatform, succeed, type DraftTarget } from '../../schemas/index.js';
import type { Source, SourceColumn } from '../source.js';
import { FieldReader, idOf, isObject, measureOf, textOf } from './export-cell.js';
import { namedFields } from './named-fields.js';

const COLUMNS: readonly SourceColumn[] = [
  { name: 'metric', aliases: ['指标'] },
  { name: 'period', aliases: ['周期', '期间', '时间'] },
  { name: 'platform', aliases: ['平台'] },
  { name: 'room', aliases: ['直播间', '直播间ID', 'room_id'] },
  { name: 'channel', aliases: ['渠道'] },
  { name: 'account', aliases: ['账户', 'appid'] },
  { name: 'target', aliases: ['目标', '目标值'] },
];
const readFields = namedFields(COLUMNS);

/** What the company aims at, by metric and period. */
export const targetsSource: Source = {
  name: 'targets',
  loads: 'whole',
  table: { columns: COLUMNS, required: [['metric'], ['period'], ['target']], open: null, everyTable: false },
  recognize: (record) => (isObject(record) && 'metric' in record && 'target' in record ? 0.8 : 0),
  records: null,
  normalize(row) {
    const fields = readFields(row);
    if (fields === null) return fail({ code: 'not_json' });
    const reader = new FieldReader();
    const metric = textOf(fields['metric']);
    const period = periodOf(textOf(fields['period']));
    const platform = textOf(fields['platform']) ?? '';
    const draft: DraftTarget = {
      kind: 'target',
      account: reader.take(idOf(fields['account'], 'account')),
      metric: metric ?? '',
      period: period ?? '',
      platform,
      room: reader.take(idOf(fields['room'], 'room')) ?? '',
      channel: textOf(fields['channel']) ?? '',
      target: reader.need(measureOf(fields['target'], 'target'), { code: 'missing_key', field: 'target' }, 0),
    };
    if (metric === null) return fail({ code: 'missing_key', field: 'metric' });
    if (period === null) return fail({ code: 'bad_value', field: 'period' });
    if (platform !== '' && !isPlatform(platform))
      return fail({ code: 'unknown_platform', field: 'platform' });
    return reader.failure === null ? succeed([draft]) : fail(reader.failure);
  },
};

/** A year, a month, an ISO week or a day, as `2026`, `2026-09`, `2026-W37`, `2026-09-09`. */
function periodOf(text: string | null): string | null {
  if (text === null) return null;
  const parts =
    /^(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})日?|月)?|年)?(?:\s+0{1,2}:00(?::00)?)?$/u.exec(
      text,
    );
  if (parts !== null) {
    const [, year = '', month, day] = parts;
    if (month === undefined) return year;
    const twoDigits = `${year}-${month.padStart(2, '0')}`;
    if (!isDay(`${twoDigits}-${day?.padStart(2, '0') ?? '01'}`)) return null;
    return day === undefined ? twoDigits : `${twoDigits}-${day.padStart(2, '0')}`;
  }
  const week = /^(\d{4})-?W(\d{1,2})$/iu.exec(text);
  if (week === null) return null;
  const number = Number(week[2]);
  return number >= 1 && number <= 53 ? `${week[1] ?? ''}-W${String(number).padStart(2, '0')}` : null;
}

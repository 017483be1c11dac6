import { fail, succeed, type DraftCost } from '../../schemas/index.js';
import type { Source, SourceColumn } from '../source.js';
import { amountColumns, amountOf } from './amount.js';
import { FieldReader, idOf, isObject, textOf } from './export-cell.js';
import { namedFields } from './named-fields.js';
import { platformDay } from './platform-time.js';

const COLUMNS: readonly SourceColumn[] = [
  { name: 'day', aliases: ['日期', '投放日期', 'date'] },
  { name: 'channel', aliases: ['渠道', '投放渠道'] },
  { name: 'utm_campaign', aliases: ['活动', '活动名称', '推广计划', 'campaign'] },
  { name: 'account', aliases: ['账户', 'appid'] },
  ...amountColumns('amount', ['花费', '消耗', '费用', '投放费用', '金额']),
];
const readFields = namedFields(COLUMNS);

/** What was spent, by day and channel or campaign. */
export const costsSource: Source = {
  name: 'costs',
  loads: 'whole',
  table: {
    columns: COLUMNS,
    required: [['day'], ['channel', 'utm_campaign'], ['amount_fen', 'amount_yuan', 'amount']],
    open: null,
    everyTable: false,
  },
  recognize: (record) =>
    isObject(record) && 'day' in record && ('channel' in record || 'utm_campaign' in record) ? 0.8 : 0,
  records: null,
  normalize(row, context) {
    const fields = readFields(row);
    if (fields === null) return fail({ code: 'not_json' });
    const reader = new FieldReader();
    const draft: DraftCost = {
      kind: 'cost',
      account: reader.take(idOf(fields['account'], 'account')),
      day: reader.need(platformDay(fields['day'], 'day'), { code: 'time_unreadable', field: 'day' }, ''),
      channel: textOf(fields['channel']) ?? '',
      utm_campaign: textOf(fields['utm_campaign']) ?? '',
      amount_fen: reader.need(
        amountOf(fields, 'amount', context),
        { code: 'bad_amount', field: 'amount' },
        0,
      ),
    };
    if (reader.failure !== null) return fail(reader.failure);
    if (draft.channel === '' && draft.utm_campaign === '')
      return fail({ code: 'missing_key', field: 'channel' });
    return succeed([draft]);
  },
};

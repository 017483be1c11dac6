import { fail, readFen, readYuan, succeed, type Outcome, type RejectFailure } from '../../schemas/index.js';
import type { SourceColumn, SourceContext } from '../source.js';
import { isBlankField, withUnit, type NamedFields } from './named-fields.js';

/** The columns of one amount of money: in 分, in 元, and one whose unit only `--amount-unit` can tell. */
export function amountColumns(name: string, chinese: readonly string[]): readonly SourceColumn[] {
  return [
    { name: `${name}_fen`, aliases: withUnit([name, ...chinese], '分') },
    { name: `${name}_yuan`, aliases: [`${name}_rmb`, `${name}_cny`, ...withUnit([name, ...chinese], '元')] },
    { name, aliases: chinese },
  ];
}

/**
 * An amount in fen by the column it stands in; null where nothing does. Its unit is never guessed: a column without
 * one is `bad_amount` unless `--amount-unit` declares it.
 */
export function amountOf(
  fields: NamedFields,
  name: string,
  context: SourceContext,
): Outcome<number | null, RejectFailure> {
  for (const [field, unit] of [
    [`${name}_fen`, 'fen'],
    [`${name}_yuan`, 'yuan'],
    [name, context.amountUnit],
  ] as const) {
    const value = fields[field];
    if (isBlankField(value)) continue;
    const amount = unit === null ? 'bad_amount' : unit === 'fen' ? readFen(value) : readYuan(value);
    return amount === 'bad_amount' ? fail({ code: 'bad_amount', field }) : succeed(amount);
  }
  return succeed(null);
}

import type { FunnelSpec, TimeRange } from '../../../schemas/index.js';
import {
  createFilter,
  fillSlots,
  loadSql,
  resolveField,
  scopeRows,
  touchCandidates,
  type Filter,
  type QueryOptions,
  type SqlText,
  type Warehouse,
} from '../../../sql/index.js';
import { IntegrityError } from '../integrity-error.js';
import { readRows } from '../row-binary.js';

import { eventNames } from './select-steps.js';

/** What the codes of a breakdown stand for: texts beside the events of every viewer would cost more than the funnel. */
export type BreakdownTexts = ReadonlyMap<number, string>;

/** The texts of a breakdown by the code of the text itself. Throws where two values have one code. */
export async function readTexts(
  warehouse: Warehouse,
  spec: FunnelSpec,
  range: TimeRange,
  timeZone: string,
  options: QueryOptions,
): Promise<BreakdownTexts> {
  const name = spec.breakdown?.field ?? '';
  const filter = createFilter(timeZone);
  const field = resolveField(name);
  const text = filter.text(name);
  if (!field.ok || !text.ok) return new Map();
  const rows = field.value.ofTouch
    ? touchCandidates(filter)
    : scopeRows(filter, filter.scope(spec, range, eventNames(spec)));
  const sql = fillSlots(loadSql('funnel/breakdown-texts'), { text: text.value, rows });
  return readCodes(warehouse, sql, filter, options);
}

/** The texts of a breakdown by touch, by the key of the touch's channel; many keys may have one text. */
export async function readTouchTexts(
  warehouse: Warehouse,
  fieldName: string,
  timeZone: string,
  options: QueryOptions,
): Promise<BreakdownTexts> {
  const filter = createFilter(timeZone);
  const text = filter.text(fieldName);
  if (!text.ok) return new Map();
  const slots = { text: text.value, rows: touchCandidates(filter) };
  return readCodes(warehouse, fillSlots(loadSql('funnel/touch-texts'), slots), filter, options);
}

/** One code a text: the first of those that stand for it, and 0 for no text. */
export function codesOfTexts(texts: BreakdownTexts): ReadonlyMap<number, number> {
  const codeOf = new Map<string, number>([['', 0]]);
  const codes = new Map<number, number>();
  for (const [key, text] of texts) {
    const code = codeOf.get(text) ?? key;
    codeOf.set(text, code);
    codes.set(key, code);
  }
  return codes;
}

async function readCodes(
  warehouse: Warehouse,
  sql: SqlText,
  filter: Filter,
  options: QueryOptions,
): Promise<BreakdownTexts> {
  const texts = new Map<number, string>();
  await readRows(warehouse.stream(sql, 'RowBinary', filter.parameters, options), (cursor) => {
    cursor.need(8);
    cursor.uint64Halves();
    const code = cursor.high * 2 ** 32 + cursor.low;
    const value = cursor.text();
    const known = texts.get(code);
    if (known !== undefined && known !== value)
      throw new IntegrityError('two values of the breakdown have the same hash');
    texts.set(code, value);
  });
  return texts;
}

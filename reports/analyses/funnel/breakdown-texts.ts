import type { FunnelSpec, TimeRange } from '../../../schemas/index.js';
import {
  createFilter,
  fillSlots,
  loadSql,
  resolveField,
  scopeRows,
  touchCandidates,
  type QueryOptions,
  type Warehouse,
} from '../../../sql/index.js';
import { IntegrityError } from '../integrity-error.js';
import { readRows } from '../row-binary.js';

import { eventNames } from './select-steps.js';

/**
 * What the codes of a breakdown stand for, asked once for all: texts beside the events of every viewer would cost more
 * than the funnel. Throws where two values have one code.
 */
export async function readBreakdownTexts(
  warehouse: Warehouse,
  spec: FunnelSpec,
  range: TimeRange,
  timeZone: string,
  options: QueryOptions,
): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>();
  const name = spec.breakdown?.field ?? '';
  const filter = createFilter(timeZone);
  const field = resolveField(name);
  const text = filter.text(name);
  if (!field.ok || !text.ok) return texts;
  const rows = field.value.ofTouch
    ? touchCandidates(filter)
    : scopeRows(filter, filter.scope(spec, range, eventNames(spec)));
  const sql = fillSlots(loadSql('funnel/breakdown-texts'), { text: text.value, rows });
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

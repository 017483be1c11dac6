import { z } from 'zod';

import { fail, succeed, type AnalysisFailure, type Outcome } from '../../schemas/index.js';
import { WarehouseError, type Warehouse } from '../connection/warehouse.js';
import { loadSql } from '../query-file.js';

import type { Filter } from './filter.js';

/** ClickHouse: the regular expression does not compile. */
const CANNOT_COMPILE_REGEXP = 427;

/** Has the engine compile every pattern before it meets data; RE2 never runs away. */
export async function checkPatterns(
  warehouse: Warehouse,
  filter: Filter,
): Promise<Outcome<null, AnalysisFailure>> {
  for (const pattern of new Set(filter.patterns)) {
    try {
      await warehouse.query(loadSql('scope/check-pattern'), z.object({ matched: z.number() }), { pattern });
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.code !== CANNOT_COMPILE_REGEXP) throw error;
      return fail({
        code: 'bad_regex',
        message: 'a pattern of op regex is no regular expression of RE2, or too large a one',
        zh: 'op regex 的表达式不是有效的 RE2 正则表达式，或过大',
      });
    }
  }
  return succeed(null);
}

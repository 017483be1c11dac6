import type { z } from 'zod';

import type { Analysis, AnalysisContext } from '../../../reports/analyses/analysis.js';
import {
  resolveTimeRange,
  type AnalysisFailure,
  type CommonSpec,
  type Outcome,
} from '../../../schemas/index.js';
import type { Warehouse } from '../../../sql/index.js';

/** Runs an analysis on a spec that is checked already. */
export async function runAnalysis<
  Spec extends z.ZodType<Pick<CommonSpec, 'from' | 'to'>>,
  Result extends z.ZodType,
>(
  analysis: Analysis<Spec, Result>,
  warehouse: Warehouse,
  spec: z.output<Spec>,
  context: AnalysisContext,
): Promise<Outcome<z.output<Result>, AnalysisFailure>> {
  const range = resolveTimeRange(spec, context.timeZone);
  if (!range.ok) return range;
  return analysis.run(warehouse, spec, { ...context, range: range.value, streaming: {} });
}

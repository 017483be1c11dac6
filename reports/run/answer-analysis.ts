import { fail, type Outcome } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { AnalysisAnswer } from '../analyses/analysis.js';
import { findAnalysis } from '../analyses/index.js';
import type { Bounds } from './period.js';
import type { ReportRun, SectionFailure } from './report-run.js';

/** Runs an analysis over a period of a report; `place` says where in the definition it stands. */
export async function answerAnalysis(
  warehouse: Warehouse,
  name: string,
  spec: Readonly<Record<string, unknown>>,
  run: ReportRun,
  { from, to }: Bounds,
  place = 'highlights',
): Promise<Outcome<AnalysisAnswer, SectionFailure>> {
  const analysis = findAnalysis(name);
  if (analysis === undefined) {
    return fail({ code: 'section_failed', message: `${place}: no analysis "${name}"` });
  }
  const ranged = { ...spec, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const { timeZone, language } = run;
  const answered = await analysis.answer(warehouse, ranged, { timeZone, language });
  if (answered.ok) return answered;
  return fail({ code: 'section_failed', message: `${place}: ${answered.failure.message}` });
}

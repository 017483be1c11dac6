import { register, type RegisteredAnalysis } from './analysis.js';
import { attendance } from './attendance/run.js';
import { attribution } from './attribution/run.js';
import { audience } from './audience/run.js';
import { channels } from './channels/run.js';
import { experiment } from './experiment/run.js';
import { funnel } from './funnel/run.js';
import { heatmap } from './heatmap/run.js';
import { path } from './path/run.js';
import { retention } from './retention/run.js';
import { segments } from './segments/run.js';

/** Every analysis, one line each; commands, routes, report sections and help are made from this list. */
export const ANALYSES: readonly RegisteredAnalysis[] = [
  register(funnel),
  register(attribution),
  register(audience),
  register(channels),
  register(attendance),
  register(experiment),
  register(heatmap),
  register(retention),
  register(segments),
  register(path),
];

/** The analysis of a name; undefined where there is none. */
export function findAnalysis(name: string): RegisteredAnalysis | undefined {
  return ANALYSES.find((analysis) => analysis.name === name);
}

export { answerOneOfMany } from './analysis.js';
export type { AnalysisAnswer, AnalysisContext, RegisteredAnalysis } from './analysis.js';

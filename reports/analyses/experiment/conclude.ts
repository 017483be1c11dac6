import type { ExperimentComparison, ExperimentSpec, Language } from '../../../schemas/index.js';

import type { Arm } from './arm.js';
import { compareArms, testSampleRatio, type MetricType } from './inference.js';
import { deriveVerdict } from './verdict.js';

/** From what was counted of each variant to the answer; the order of the arms is kept. */
export function concludeExperiment(
  arms: readonly Arm[],
  spec: Pick<ExperimentSpec, 'baseline' | 'weights' | 'confidence'>,
  how: { readonly metric: MetricType; readonly value: string | null; readonly language: Language },
): ExperimentComparison {
  const { metric, value, language } = how;
  const { weights, confidence } = spec;
  const baseline =
    spec.baseline === undefined
      ? (arms[0] ?? null)
      : (arms.find(({ variant }) => variant === spec.baseline) ?? null);
  const variants = compareArms(arms, baseline, metric, confidence);
  const srm = testSampleRatio(arms, weights);
  const isMoney = value === 'amount_fen';
  const found = { arms, baseline, variants, srm, metric, isMoney, confidence };
  const verdict = deriveVerdict(found, language);
  return {
    metric,
    value,
    baseline: spec.baseline ?? baseline?.variant ?? null,
    confidence,
    variants,
    srm,
    ...verdict,
    notes: [],
  };
}

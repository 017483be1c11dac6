import type { Language } from '../ports.js';
import { ATTRIBUTION_METRICS } from './attribution.js';
import { AUDIENCE_METRICS } from './audience.js';
import { BEHAVIOUR_METRICS } from './behaviour.js';
import { CHANNEL_METRICS } from './channel.js';
import { COMMERCE_METRICS } from './commerce.js';
import { EXPERIMENT_METRICS } from './experiment.js';
import { INTERACTION_METRICS } from './interaction.js';
import { OPERATION_METRICS } from './operation.js';
import { TRAINING_METRICS } from './training.js';
import { unitWord, type Metric } from './metric.js';

const ALL = [
  ...AUDIENCE_METRICS,
  ...INTERACTION_METRICS,
  ...COMMERCE_METRICS,
  ...CHANNEL_METRICS,
  ...ATTRIBUTION_METRICS,
  ...BEHAVIOUR_METRICS,
  ...TRAINING_METRICS,
  ...EXPERIMENT_METRICS,
  ...OPERATION_METRICS,
] as const;

export type MetricId = (typeof ALL)[number]['id'];

/** The metric dictionary: one definition each. Formulas and bases: DOMAIN §6, definitions of the views: PRODUCT §4. */
export const METRICS: readonly Metric[] = ALL;

/** Unit and base of a metric in words: `%` and `Entrants`. */
export function metricScale({ unit, base }: Metric, language: Language): { unit: string; base: string } {
  return { unit: unitWord(unit, language, METRICS), base: unitWord(base, language, METRICS) };
}

/** The metric of an id; throws for one that does not exist, which a test of every definition prevents. */
export function findMetric(id: string): Metric {
  const metric = METRICS.find((one) => one.id === id);
  if (metric === undefined) throw new Error(`no metric "${id}" in schemas/metrics/`);
  return metric;
}

export { metricComment, type Metric, type MetricKind } from './metric.js';

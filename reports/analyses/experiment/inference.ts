import type { ExperimentVariant, SampleRatio } from '../../../schemas/index.js';
import {
  chiSquareTail,
  hypergeometricTail,
  normalTwoSided,
  studentTwoSided,
  studentTwoSidedQuantile,
} from '../../distributions.js';
import { holmAdjusted, newcombeInterval, pooledZ, welchTest, wilsonInterval } from '../../statistics.js';

import { sampleOf, type Arm } from './arm.js';

/** Below this the shares of the variants are not those that were planned. */
const SAMPLE_RATIO_LIMIT = 0.001;

export type MetricType = 'conversion' | 'mean';

/** Every variant with its figures, and against the baseline; the order is kept. */
export function compareArms(
  arms: readonly Arm[],
  baseline: Arm | null,
  metric: MetricType,
  confidence: number,
): ExperimentVariant[] {
  const compared = arms.map((arm) => {
    const own = { variant: arm.variant, users: arm.users, ...ownFigures(arm, metric, confidence) };
    const against = arm === baseline ? null : baseline;
    return { ...own, ...comparison(arm, against, metric, confidence) };
  });
  const adjusted = holmAdjusted(compared.map(({ p }) => p));
  return compared.map((row, index) => ({ ...row, p_adjusted: adjusted[index] ?? null }));
}

function ownFigures(
  arm: Arm,
  metric: MetricType,
  confidence: number,
): Pick<ExperimentVariant, 'conversions' | 'rate' | 'rate_interval' | 'sum' | 'mean' | 'mean_interval'> {
  const { users } = arm;
  if (metric === 'conversion') {
    const conversions = arm.conversions ?? 0;
    return {
      conversions,
      rate: users === 0 ? null : conversions / users,
      rate_interval: wilsonInterval(conversions, users, confidence),
    };
  }
  const sample = sampleOf(arm);
  return {
    ...(arm.conversions === null ? {} : { conversions: arm.conversions }),
    sum: arm.total?.sum ?? 0,
    mean: sample?.mean ?? null,
    mean_interval:
      sample === null || sample.count < 2
        ? null
        : around(sample.mean, Math.sqrt(sample.variance / users), users - 1, confidence),
  };
}

/** Student's interval. */
function around(
  middle: number,
  standardError: number,
  degreesOfFreedom: number,
  confidence: number,
): [number, number] {
  const reach =
    standardError === 0 ? 0 : standardError * studentTwoSidedQuantile(1 - confidence, degreesOfFreedom);
  return [middle - reach, middle + reach];
}

type Comparison = Pick<
  ExperimentVariant,
  'difference' | 'difference_interval' | 'lift' | 'z' | 'df' | 'p' | 'p_adjusted' | 'chance_to_win'
>;

const NOT_COMPARED: Comparison = {
  difference: null,
  difference_interval: null,
  lift: null,
  z: null,
  p: null,
  p_adjusted: null,
  chance_to_win: null,
};

function comparison(arm: Arm, baseline: Arm | null, metric: MetricType, confidence: number): Comparison {
  if (baseline === null || baseline.users === 0 || arm.users === 0) return NOT_COMPARED;
  return metric === 'conversion'
    ? compareRates(arm, baseline, confidence)
    : compareMeans(arm, baseline, confidence);
}

function compareRates(arm: Arm, baseline: Arm, confidence: number): Comparison {
  const first = [baseline.conversions ?? 0, baseline.users] as const;
  const second = [arm.conversions ?? 0, arm.users] as const;
  const rate = first[0] / first[1];
  const difference = second[0] / second[1] - rate;
  const z = pooledZ(first, second);
  return {
    difference,
    difference_interval: newcombeInterval(first, second, confidence),
    lift: rate === 0 ? null : difference / Math.abs(rate),
    z,
    p: z === null ? null : normalTwoSided(z),
    p_adjusted: null,
    chance_to_win: chanceToWin(first, second),
  };
}

/**
 * P(second rate > first rate) under Beta(1, 1). Rates with whole Beta parameters are order statistics of uniform
 * draws, so that it is one tail of a hypergeometric distribution: exact, whatever the size.
 */
function chanceToWin(
  first: readonly [conversions: number, users: number],
  second: readonly [conversions: number, users: number],
): number {
  return hypergeometricTail(first[0] + 1, first[1] + 1, second[1] + 1, first[0] + second[0] + 1);
}

function compareMeans(arm: Arm, baseline: Arm, confidence: number): Comparison {
  const first = sampleOf(baseline);
  const second = sampleOf(arm);
  if (first === null || second === null) return NOT_COMPARED;
  const difference = second.mean - first.mean;
  const lift = first.mean === 0 ? null : difference / Math.abs(first.mean);
  const test = welchTest(first, second);
  if (test === null) return { ...NOT_COMPARED, difference, lift, df: null };
  const { t, degreesOfFreedom, standardError } = test;
  return {
    difference,
    difference_interval: around(difference, standardError, degreesOfFreedom, confidence),
    lift,
    z: t,
    df: degreesOfFreedom,
    p: studentTwoSided(t, degreesOfFreedom),
    p_adjusted: null,
    chance_to_win: null,
  };
}

/** Whether the variants got the shares that were planned; a variant of weight 0 is not asked. */
export function testSampleRatio(
  arms: readonly Arm[],
  weights: Readonly<Record<string, number>> | undefined,
): SampleRatio {
  const planned = new Map(Object.entries(weights ?? {}));
  const weightOf = ({ variant }: Arm): number => (weights === undefined ? 1 : (planned.get(variant) ?? 0));
  const asked = arms.filter((arm) => weightOf(arm) > 0);
  const weight = asked.reduce((sum, arm) => sum + weightOf(arm), 0);
  const users = asked.reduce((sum, arm) => sum + arm.users, 0);
  const df = Math.max(0, asked.length - 1);
  if (df === 0 || users === 0) return { chi2: null, df, p: null, flag: false };
  const chi2 = asked.reduce((sum, arm) => {
    const expected = (users * weightOf(arm)) / weight;
    const distance = (arm.users - expected) ** 2;
    return distance === 0 ? sum : sum + distance / expected;
  }, 0);
  const p = chiSquareTail(chi2, df);
  // A weight next to nothing expects next to nobody: a result has numbers that JSON can tell.
  return { chi2: Math.min(chi2, Number.MAX_VALUE), df, p, flag: p < SAMPLE_RATIO_LIMIT };
}

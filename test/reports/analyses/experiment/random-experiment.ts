import type { Arm } from '../../../../reports/analyses/experiment/arm.js';
import type { concludeExperiment } from '../../../../reports/analyses/experiment/conclude.js';
import {
  oracleChance,
  oracleChiSquareTail,
  oracleHolm,
  oracleNewcombe,
  oracleNormalTwoSided,
  oracleStudentTwoSided,
  oracleWilson,
} from '../../../oracles/experiment.js';
import { createRandom } from '../../../oracles/random.js';

export interface RandomExperiment {
  readonly metric: 'conversion' | 'mean';
  /** What each user brought, by variant. */
  readonly users: Readonly<Record<string, readonly number[]>>;
  readonly baseline: string;
  readonly weights: Readonly<Record<string, number>> | undefined;
}

/** Two to five variants of few or many users, some of nobody, some of whom all convert. */
export function randomExperiment(seed: number): RandomExperiment {
  const random = createRandom(seed);
  const names = ['a', 'b', 'c', 'd', 'e'].slice(0, 2 + random(4));
  const size = [4, 30, 120][random(3)] ?? 4;
  const users = Object.fromEntries(
    names.map((name) => {
      const rate = random(11);
      const count = random(8) === 0 ? 0 : 1 + random(size);
      const one = (): number => (random(10) < rate ? 1 + random(4) : 0);
      return [name, Array.from({ length: count }, one)];
    }),
  );
  const weights = Object.fromEntries(names.map((name) => [name, random(4)]));
  const isPlanned = random(2) === 0 && Object.values(weights).some((weight) => weight > 0);
  return {
    metric: random(3) === 0 ? 'mean' : 'conversion',
    users,
    baseline: names[random(names.length)] ?? 'a',
    weights: isPlanned ? weights : undefined,
  };
}

export function armsOf({ metric, users }: RandomExperiment): Arm[] {
  return Object.entries(users).map(([variant, values]): Arm => {
    const sum = values.reduce((before, value) => before + value, 0);
    const mean = sum / values.length;
    const squares = values.reduce((before, value) => before + (value - mean) ** 2, 0);
    const variance = values.length < 2 ? 0 : squares / (values.length - 1);
    return {
      variant,
      users: values.length,
      conversions: values.filter((value) => value > 0).length,
      total: metric === 'mean' ? { sum, variance } : null,
    };
  });
}

const Z_95 = 1.959963984540054;

type Figures = Readonly<Record<string, number | null>>;

/** The figures by the textbook, flat: `b.p`, `srm.chi2`. */
export function oracleFigures({ metric, users, baseline, weights }: RandomExperiment): Figures {
  const figures: Record<string, number | null> = {};
  const names = Object.keys(users);
  const base = users[baseline] ?? [];
  const countOf = (values: readonly number[]): readonly [number, number] => [
    values.filter((value) => value > 0).length,
    values.length,
  ];
  const pValues: (number | null)[] = [];
  for (const name of names) {
    const values = users[name] ?? [];
    const put = (key: string, value: number | null | undefined): void => {
      figures[`${name}.${key}`] = value ?? null;
    };
    const isCompared = name !== baseline && base.length > 0 && values.length > 0;
    let p: number | null = null;
    if (metric === 'conversion') {
      const [converted, count] = countOf(values);
      const [baseConverted, baseCount] = countOf(base);
      const rate = converted / count;
      const baseRate = baseConverted / baseCount;
      const interval = count === 0 ? null : oracleWilson(converted, count, Z_95);
      put('rate', count === 0 ? null : rate);
      put('rate_low', interval?.[0]);
      put('rate_high', interval?.[1]);
      if (isCompared) {
        const newcombe = oracleNewcombe([baseConverted, baseCount], [converted, count], Z_95);
        const pooled = (converted + baseConverted) / (count + baseCount);
        const variance = pooled * (1 - pooled) * (1 / count + 1 / baseCount);
        const z = variance === 0 ? 0 : (rate - baseRate) / Math.sqrt(variance);
        p = oracleNormalTwoSided(z);
        put('difference', rate - baseRate);
        put('low', newcombe[0]);
        put('high', newcombe[1]);
        put('lift', baseRate === 0 ? null : (rate - baseRate) / baseRate);
        put('z', z);
        put('chance', oracleChance([baseConverted, baseCount], [converted, count]));
      }
    } else {
      const spread = (all: readonly number[]): [mean: number, error: number] => {
        const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
        const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        return [mean, squares / (all.length - 1) / all.length];
      };
      const [mean, error] = spread(values);
      const [baseMean, baseError] = spread(base);
      put('mean', values.length === 0 ? null : mean);
      if (isCompared) {
        put('difference', mean - baseMean);
        put('lift', baseMean === 0 ? null : (mean - baseMean) / Math.abs(baseMean));
        if (values.length > 1 && base.length > 1 && error + baseError > 0) {
          const t = (mean - baseMean) / Math.sqrt(error + baseError);
          const df =
            (error + baseError) ** 2 /
            (error ** 2 / (values.length - 1) + baseError ** 2 / (base.length - 1));
          p = oracleStudentTwoSided(t, df);
          put('z', t);
          put('df', df);
        }
      }
    }
    put('p', p);
    pValues.push(p);
  }
  for (const [index, p] of oracleHolm(pValues).entries()) figures[`${names[index] ?? ''}.p_adjusted`] = p;
  const planned = names.filter((name) => weights === undefined || (weights[name] ?? 0) > 0);
  const all = planned.reduce((sum, name) => sum + (users[name]?.length ?? 0), 0);
  const whole = planned.reduce((sum, name) => sum + (weights?.[name] ?? 1), 0);
  const isAsked = planned.length > 1 && all > 0;
  const chi2 = planned.reduce((sum, name) => {
    const expected = (all * (weights?.[name] ?? 1)) / whole;
    return sum + ((users[name]?.length ?? 0) - expected) ** 2 / expected;
  }, 0);
  figures['srm.chi2'] = isAsked ? chi2 : null;
  figures['srm.p'] = isAsked ? oracleChiSquareTail(chi2, planned.length - 1) : null;
  figures['srm.flag'] = isAsked && (figures['srm.p'] ?? 1) < 0.001 ? 1 : 0;
  return figures;
}

/** The same figures of the engine's answer. */
export function engineFigures(
  result: ReturnType<typeof concludeExperiment>,
  wanted: Figures,
): Record<string, number | null> {
  const rows = new Map(result.variants.map((row) => [row.variant, row]));
  return Object.fromEntries(
    Object.keys(wanted).map((name) => {
      const [variant = '', key = ''] = name.split('.');
      if (variant === 'srm') {
        const { chi2, p, flag } = result.srm;
        return [name, key === 'flag' ? Number(flag) : key === 'p' ? p : chi2];
      }
      const row = rows.get(variant);
      const found: Record<string, number | null | undefined> = {
        rate: row?.rate,
        rate_low: row?.rate_interval?.[0],
        rate_high: row?.rate_interval?.[1],
        mean: row?.mean,
        difference: row?.difference,
        low: row?.difference_interval?.[0],
        high: row?.difference_interval?.[1],
        lift: row?.lift,
        z: row?.z,
        df: row?.df,
        chance: row?.chance_to_win,
        p: row?.p,
        p_adjusted: row?.p_adjusted,
      };
      return [name, found[key] ?? null];
    }),
  );
}

/** Where the two differ by more than 1e-8 of the figure. */
export function figureDifferences(found: Figures, wanted: Figures): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const other = found[name] ?? null;
    const isNear =
      value === null || other === null
        ? value === other
        : Math.abs(value - other) <= 1e-8 * Math.max(1, Math.abs(value));
    return isNear ? [] : [`${name}: found ${String(other)}, expected ${String(value)}`];
  });
}

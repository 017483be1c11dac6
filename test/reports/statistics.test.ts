import { describe, expect, it } from 'vitest';

import { normalTwoSided, studentTwoSided, studentTwoSidedQuantile } from '../../reports/distributions.js';
import {
  holmAdjusted,
  newcombeInterval,
  normalQuantile,
  pooledZ,
  welchTest,
  wilsonInterval,
} from '../../reports/statistics.js';

describe('the normal quantile', () => {
  // Computed independently: scipy 1.17 stats.norm.ppf.
  it.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.26234008979841],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.5, 0],
  ])('of %d is %d', (probability, quantile) => {
    expect(normalQuantile(probability)).toBeCloseTo(quantile, 13);
  });
});

describe("Wilson's interval", () => {
  // The score interval without continuity correction of Newcombe (1998), Statistics in Medicine 17:857–872; the figures
  // computed independently: scipy 1.17 binomtest(…).proportion_ci(method='wilson').
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials);
    expect(interval?.[0]).toBeCloseTo(low, 4);
    expect(interval?.[1]).toBeCloseTo(high, 4);
  });

  it('is not there for nobody and for figures that are no proportion', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
    expect(wilsonInterval(3, 2)).toBeNull();
    expect(wilsonInterval(2, 2)?.[1]).toBe(1);
  });
});

describe("Newcombe's interval of a difference", () => {
  // Method 10 of Newcombe (1998), Statistics in Medicine 17:873–890; the figures computed independently: statsmodels 0.15
  // confint_proportions_2indep(method='newcomb').
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('%d of %d less %d of %d', (converted, users, baseConverted, baseUsers, low, high) => {
    const interval = newcombeInterval([baseConverted, baseUsers], [converted, users]);
    expect(interval?.[0]).toBeCloseTo(low, 4);
    expect(interval?.[1]).toBeCloseTo(high, 4);
  });

  it('is not there for nobody', () => {
    expect(newcombeInterval([0, 0], [1, 2])).toBeNull();
    expect(newcombeInterval([1, 2], [0, 0])).toBeNull();
  });
});

describe('the pooled z of two proportions', () => {
  // The figures computed independently: statsmodels 0.15 proportions_ztest; scipy 1.17 chi2_contingency, no correction.
  it('answers 351 of 605 and 41 of 195: 8.986', () => {
    expect(pooledZ([41, 195], [351, 605])).toBeCloseTo(8.9859, 4);
  });

  it('squares to the χ² of the fourfold table (10 of 13 and 2 of 17, which are Fisher’s criminal twins: 13.032)', () => {
    const z = pooledZ([2, 17], [10, 13]) ?? 0;
    expect(z ** 2).toBeCloseTo(13.032, 3);
    expect(normalTwoSided(z)).toBeCloseTo(0.000306, 6);
  });

  it('is nothing where all convert or none, and null for nobody', () => {
    expect(pooledZ([0, 5], [0, 9])).toBe(0);
    expect(pooledZ([5, 5], [9, 9])).toBe(0);
    expect(pooledZ([0, 0], [1, 9])).toBeNull();
    expect(pooledZ([1, 9], [0, 0])).toBeNull();
  });
});

describe("Welch's t", () => {
  // Student's sleep data (Cushny and Peebles 1905), as in the documentation of t.test in R:
  // t = -1.8608, df = 17.776, p-value = 0.07939, 95 percent confidence interval -3.3654832 0.2054832;
  // scipy 1.17 ttest_ind(equal_var=False) says the same.
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const sample = (values: readonly number[]): { count: number; mean: number; variance: number } => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { count: values.length, mean, variance };
  };

  it('answers the sleep data', () => {
    const test = welchTest(sample(second), sample(first));
    expect(test?.t).toBeCloseTo(-1.8608, 4);
    expect(test?.degreesOfFreedom).toBeCloseTo(17.776, 3);
    expect(studentTwoSided(test?.t ?? 0, test?.degreesOfFreedom ?? 1)).toBeCloseTo(0.07939, 5);
    const reach = (test?.standardError ?? 0) * studentTwoSidedQuantile(0.05, test?.degreesOfFreedom ?? 1);
    expect(-1.58 - reach).toBeCloseTo(-3.3654832, 7);
    expect(-1.58 + reach).toBeCloseTo(0.2054832, 7);
  });

  it('is not there for one user and without spread', () => {
    expect(welchTest({ count: 1, mean: 1, variance: 0 }, sample(first))).toBeNull();
    expect(welchTest(sample(first), { count: 1, mean: 1, variance: 0 })).toBeNull();
    expect(welchTest({ count: 5, mean: 1, variance: 0 }, { count: 5, mean: 2, variance: 0 })).toBeNull();
  });
});

describe("Holm's adjustment", () => {
  it('answers 0.01, 0.04, 0.03, 0.005 (Holm 1979; statsmodels 0.15 multipletests: 0.03, 0.06, 0.06, 0.02)', () => {
    const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((p, index) => {
      expect(adjusted[index]).toBeCloseTo(p, 14);
    });
  });

  it('leaves out what was not tested', () => {
    expect(holmAdjusted([null, 0.02, null])).toEqual([null, 0.02, null]);
    expect(holmAdjusted([0.7, 0.9])).toEqual([1, 1]);
  });
});

import { describe, expect, it } from 'vitest';

import {
  chiSquareTail,
  hypergeometricTail,
  normalTwoSided,
  studentTwoSided,
  studentTwoSidedQuantile,
} from '../../reports/distributions.js';
import { createRandom } from '../oracles/random.js';
import { oracleChiSquareTail, oracleNormalTwoSided, oracleStudentTwoSided } from '../oracles/experiment.js';

describe('chi-square', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: upper critical values, to three decimals.
  it.each([
    [3.841, 1, 0.05],
    [10.828, 1, 0.001],
    [5.991, 2, 0.05],
    [16.919, 9, 0.05],
    [15.086, 5, 0.01],
    [124.342, 100, 0.05],
  ])('%d with %d degrees of freedom is exceeded with %d', (x, df, p) => {
    expect(Math.abs(chiSquareTail(x, df) / p - 1)).toBeLessThan(5e-4);
  });

  it('equals the integral, far out too', () => {
    const random = createRandom(1);
    for (let round = 0; round < 300; round += 1) {
      const df = 1 + random(12);
      const x = random(400) / 10;
      const expected = oracleChiSquareTail(x, df);
      expect(Math.abs(chiSquareTail(x, df) - expected)).toBeLessThan(1e-10 + 1e-8 * expected);
    }
    expect(chiSquareTail(0, 3)).toBe(1);
    // Abramowitz and Stegun 26.2: Q(10) = 7.61985e-24.
    expect(normalTwoSided(10) / 2 / 7.61985e-24).toBeCloseTo(1, 5);
  });
});

describe("Student's distribution", () => {
  // NIST/SEMATECH e-Handbook, 1.3.6.7.2: upper critical values, one-sided 0.025, to three decimals.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [10, 2.228],
    [30, 2.042],
    [100, 1.984],
  ])('with %d degrees of freedom', (df, t) => {
    expect(studentTwoSidedQuantile(0.05, df)).toBeCloseTo(t, 3);
    expect(studentTwoSided(studentTwoSidedQuantile(0.05, df), df)).toBeCloseTo(0.05, 12);
  });

  it('equals the integral, with fractional degrees of freedom too', () => {
    const random = createRandom(2);
    for (let round = 0; round < 300; round += 1) {
      const df = 1 + random(1000) / 10;
      const t = random(600) / 100;
      expect(Math.abs(studentTwoSided(t, df) - oracleStudentTwoSided(t, df))).toBeLessThan(1e-10);
    }
    // Where the approximation for large degrees of freedom begins, it goes on smoothly.
    for (const t of [0.5, 2, 5]) {
      const below = studentTwoSided(t, 1e6);
      expect(Math.abs(studentTwoSided(t, 1e6 + 1) / below - 1)).toBeLessThan(1e-9);
    }
    expect(studentTwoSided(2, 1e9)).toBeCloseTo(normalTwoSided(2), 9);
  });
});

describe('the normal distribution', () => {
  it('equals the integral', () => {
    for (let z = 0; z < 8; z += 0.1) {
      const expected = oracleNormalTwoSided(z);
      expect(Math.abs(normalTwoSided(z) / expected - 1)).toBeLessThan(1e-8);
    }
  });
});

describe('the hypergeometric tail', () => {
  it('tells tea from milk (Fisher 1935, The Design of Experiments, II: 1 and 16 of 70)', () => {
    expect(hypergeometricTail(4, 4, 4, 4)).toBeCloseTo(1 / 70, 14);
    expect(hypergeometricTail(3, 4, 4, 4)).toBeCloseTo(17 / 70, 14);
  });

  it('equals the count of all draws', () => {
    const choose = (n: number, k: number): number => {
      let result = 1;
      for (let index = 0; index < k; index += 1) result = (result * (n - index)) / (index + 1);
      return k < 0 || k > n ? 0 : result;
    };
    const random = createRandom(3);
    for (let round = 0; round < 2000; round += 1) {
      const [marked, plain] = [random(20), 1 + random(20)];
      const drawn = random(marked + plain + 1);
      const least = random(drawn + 2);
      let ways = 0;
      for (let k = least; k <= drawn; k += 1) ways += choose(marked, k) * choose(plain, drawn - k);
      const expected = ways / choose(marked + plain, drawn);
      expect(Math.abs(hypergeometricTail(least, marked, plain, drawn) - expected)).toBeLessThan(1e-12);
    }
  });

  it('keeps its digits where counts are large', () => {
    // 1/2 − P(X = n/2)/2 with P from Stirling's series to 40 digits.
    expect(hypergeometricTail(500_001, 1e6, 1e6, 1e6)).toBeCloseTo(0.4994358106280233, 13);
  });
});

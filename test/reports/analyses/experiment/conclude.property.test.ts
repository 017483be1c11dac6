import { describe, expect, it } from 'vitest';

import { armOfCounts } from '../../../../reports/analyses/experiment/arm.js';
import { concludeExperiment } from '../../../../reports/analyses/experiment/conclude.js';
import { experiment } from '../../../../reports/analyses/experiment/run.js';
import { usersPerVariant } from '../../../../reports/analyses/experiment/power.js';
import { parseSpec, type ExperimentComparison, type ExperimentCounts } from '../../../../schemas/index.js';

import {
  armsOf,
  engineFigures,
  figureDifferences,
  oracleFigures,
  randomExperiment,
} from './random-experiment.js';

describe('an experiment equals the textbook', () => {
  it('on 3000 random ones, and is never NaN', () => {
    for (let seed = 1; seed <= 3000; seed += 1) {
      const one = randomExperiment(seed);
      const spec = { baseline: one.baseline, weights: one.weights, confidence: 0.95 };
      const result = concludeExperiment(armsOf(one), spec, {
        metric: one.metric,
        value: null,
        language: 'en',
      });
      const wanted = oracleFigures(one);
      expect(figureDifferences(engineFigures(result, wanted), wanted), `seed ${seed}`).toEqual([]);
      expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
      if (seed % 10 > 0) continue;
      expect(experiment.result.safeParse(result).success).toBe(true);
      for (const language of ['zh', 'en'] as const) {
        for (const table of experiment.tables(result, language)) {
          for (const row of table.rows) {
            expect(row).toHaveLength(table.columns.length);
            for (const cell of row) if (typeof cell === 'number') expect(Number.isFinite(cell)).toBe(true);
          }
        }
      }
    }
  });
});

const conclude = (
  counts: readonly ExperimentCounts[],
  more: { weights?: Record<string, number>; language?: 'zh' | 'en'; confidence?: number } = {},
): ExperimentComparison =>
  concludeExperiment(
    counts.map(armOfCounts),
    { weights: more.weights, confidence: more.confidence ?? 0.95 },
    {
      metric: counts[0]?.sum === undefined ? 'conversion' : 'mean',
      value: null,
      language: more.language ?? 'zh',
    },
  );

describe('the verdict', () => {
  it('calls what is clear, and says who wins', () => {
    const result = conclude([
      { variant: 'a', users: 1000, conversions: 50 },
      { variant: 'b', users: 1000, conversions: 80 },
    ]);
    expect(result).toMatchObject({ callable: true, winner: 'b', more_users_per_variant: null });
    expect(result.verdict).toContain('可以下结论：b 优于基准 a');
    const worse = conclude([
      { variant: 'a', users: 1000, conversions: 80 },
      { variant: 'b', users: 1000, conversions: 50 },
    ]);
    expect(worse).toMatchObject({ callable: true, winner: 'a' });
  });

  it('says how many more are needed, and that many are enough', () => {
    const counts = [
      { variant: 'a', users: 1000, conversions: 50 },
      { variant: 'b', users: 1100, conversions: 66 },
    ];
    const result = conclude(counts, { language: 'en' });
    expect(result).toMatchObject({ callable: false, winner: null });
    expect(result.verdict).toContain('more users are needed in each variant');
    const more = result.more_users_per_variant ?? 0;
    expect(more).toBe(
      usersPerVariant({ baseline_rate: 0.05, effect: 0.01, power: 0.8, confidence: 0.95 }) - 1000,
    );
    const grown = counts.map(({ variant, users, conversions }) => {
      const all = users + more;
      return { variant, users: all, conversions: Math.round((conversions / users) * all) };
    });
    expect(conclude(grown, { weights: { a: 1000 + more, b: 1100 + more } }).callable).toBe(true);
  });

  it('is stopped by a sample ratio that was not planned, whatever the rates say', () => {
    const counts = [
      { variant: 'a', users: 1000, conversions: 50 },
      { variant: 'b', users: 1200, conversions: 120 },
    ];
    const stopped = conclude(counts);
    expect(stopped.srm.flag).toBe(true);
    expect(stopped).toMatchObject({ callable: false, winner: null });
    expect(stopped.verdict).toContain('比例与计划不符');
    expect(conclude(counts, { weights: { a: 1000, b: 1200 } }).callable).toBe(true);
  });

  it('leaves a variant of weight 0 out of the ratio', () => {
    const counts = [
      { variant: 'a', users: 1000, conversions: 50 },
      { variant: 'b', users: 1000, conversions: 55 },
      { variant: 'old', users: 10, conversions: 1 },
    ];
    const { srm } = conclude(counts, { weights: { a: 1, b: 1, old: 0 } });
    expect(srm).toEqual({ chi2: 0, df: 1, p: 1, flag: false });
  });

  it.each([
    [1e9, { a: 1, b: 1e-310 }],
    [10, { a: 1e300, b: 1e-300 }],
  ])('tells numbers of a ratio beyond all numbers: %s users under %j', (users, weights) => {
    const result = conclude(
      ['a', 'b'].map((variant) => ({ variant, users, conversions: 1 })),
      { weights },
    );
    expect(result.srm).toEqual({ chi2: Number.MAX_VALUE, df: 1, p: 0, flag: true });
    expect(result.callable).toBe(false);
    const nobody = conclude(
      [
        { variant: 'a', users, conversions: 1 },
        { variant: 'b', users: 0, conversions: 0 },
      ],
      { weights },
    );
    expect(nobody.srm).toMatchObject({ df: 1, flag: false });
    expect(nobody.srm.p).toBeGreaterThan(0.99);
  });

  it.each([
    [[], '没有观众进入实验'],
    [[{ variant: 'a', users: 0, conversions: 0 }], '没有观众进入实验'],
    [[{ variant: 'a', users: 9, conversions: 1 }], '没有可比的版本'],
    [
      [
        { variant: 'a', users: 0, conversions: 0 },
        { variant: 'b', users: 9, conversions: 1 },
      ],
      '基准版本 a 还没有观众',
    ],
    [
      [
        { variant: 'a', users: 20, conversions: 0 },
        { variant: 'b', users: 20, conversions: 8 },
      ],
      '检验不可靠',
    ],
    [
      [
        { variant: 'a', users: 20, conversions: 0 },
        { variant: 'b', users: 20, conversions: 0 },
      ],
      '还无法估计',
    ],
    [
      [
        { variant: 'a', users: 20, sum: 20, sum_squares: 20 },
        { variant: 'b', users: 20, sum: 40, sum_squares: 80 },
      ],
      '无法检验',
    ],
    [
      [
        { variant: 'a', users: 100, conversions: 20 },
        { variant: 'b', users: 100, conversions: 20 },
      ],
      '两者相同',
    ],
  ])('%j: %s', (counts: ExperimentCounts[], words) => {
    const result = conclude(
      counts,
      counts.length === 2 && counts[0]?.users === 0 ? { weights: { b: 1 } } : {},
    );
    expect(result.callable).toBe(false);
    expect(result.verdict).toContain(words);
    const english = conclude(counts, { language: 'en', weights: { b: 1 } });
    expect(english.verdict).toMatch(/^Cannot be called/);
  });

  it('corrects for several variants', () => {
    const counts = [
      { variant: 'a', users: 1000, conversions: 100 },
      { variant: 'b', users: 1000, conversions: 128 },
    ];
    expect(conclude(counts).callable).toBe(true);
    const other = { variant: 'c', users: 1000, conversions: 101 };
    expect(conclude([...counts, other]).callable).toBe(false);
  });

  it('stands for huge counts', () => {
    const result = conclude([
      { variant: 'a', users: 1e12, conversions: 5e11 },
      { variant: 'b', users: 1e12, conversions: 5e11 + 2e6 },
    ]);
    expect(result).toMatchObject({ callable: true, winner: 'b' });
    expect(result.variants[1]?.chance_to_win).toBeCloseTo(1 - (result.variants[1]?.p ?? 0) / 2, 6);
  });
});

describe('a plan', () => {
  // The formula of PRODUCT §6 with quantiles of scipy 1.17: 69.659, so 70 a group.
  it('answers 0.65 against 0.85', () => {
    expect(usersPerVariant({ baseline_rate: 0.65, effect: 0.2, power: 0.8, confidence: 0.95 })).toBe(70);
    expect(usersPerVariant({ baseline_rate: 0.85, effect: -0.2, power: 0.8, confidence: 0.95 })).toBe(70);
  });
});

describe('a spec that cannot be', () => {
  it.each([
    [{}, 'give one of campaign, counts and plan'],
    [{ campaign: 'x', counts: [{ variant: 'a', users: 1, conversions: 0 }] }, 'give one of'],
    [{ counts: [{ variant: 'a', users: 1, conversions: 2 }] }, 'impossible'],
    [{ counts: [{ variant: 'a', users: -1, conversions: 0 }] }, 'users'],
    [{ counts: [{ variant: 'a', users: 1.5, conversions: 0 }] }, 'users'],
    [{ counts: [{ variant: 'a', users: 3, sum: 30, sum_squares: 30 }] }, 'impossible'],
    [{ counts: [{ variant: 'a', users: 0, sum: 1, sum_squares: 1 }] }, 'impossible'],
    [{ counts: [{ variant: 'a', users: 3 }] }, 'give conversions'],
    [
      {
        counts: [
          { variant: 'a', users: 3, conversions: 1 },
          { variant: 'a', users: 3, conversions: 1 },
        ],
      },
      'twice',
    ],
    [{ counts: [{ variant: 'a', users: 3, conversions: 1 }], baseline: 'z' }, "no variant 'z'"],
    [{ campaign: 'x', weights: { a: -1 } }, 'weights'],
    [{ campaign: 'x', weights: { a: 0 } }, 'above 0'],
    [{ campaign: 'x', confidence: 1 }, 'confidence'],
    [{ plan: { baseline_rate: 0.5, effect: 0 } }, 'effect'],
    [{ plan: { baseline_rate: 0.5, effect: 0.6 } }, 'between 0 and 1'],
    [{ campain: 'x' }, 'did you mean campaign'],
  ])('%j: %s', (input, words) => {
    const spec = parseSpec(experiment.spec, input);
    expect(spec.ok ? '' : spec.failure.message).toContain(words);
  });
});

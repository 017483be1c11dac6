import { z } from 'zod';

import { shownName } from './analysis-failure.js';
import { CHANNEL_COLUMNS, commonShape, notesSchema, whereSchema } from './common.js';

/** Far more people than there are: what is above is a mistake, and sums stay exact. */
const MOST_USERS = 1e12;

const count = z.int().min(0).max(MOST_USERS);
const variantName = z.string().min(1).max(500);

/** What another tool counted of one variant: `conversions` of users, or `sum` and `sum_squares` of a value over users. */
export const experimentCountsSchema = z
  .strictObject({
    variant: variantName,
    users: count.describe('people who saw the variant'),
    conversions: count.optional().describe('those of them who converted'),
    sum: z.number().optional().describe('for means: sum of the value over all users, zeros included'),
    sum_squares: z.number().min(0).optional().describe('for means: sum of its squares'),
  })
  .superRefine((row, context) => {
    const problem = countsProblem(row);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
export type ExperimentCounts = z.infer<typeof experimentCountsSchema>;

interface CountsRow {
  readonly users: number;
  readonly conversions?: number | undefined;
  readonly sum?: number | undefined;
  readonly sum_squares?: number | undefined;
}

/** Why the counts of a variant cannot be; null when they can. */
function countsProblem({ users, conversions, sum, sum_squares }: CountsRow): string | null {
  if (conversions !== undefined) {
    if (sum !== undefined || sum_squares !== undefined)
      return '给出 conversions，或 sum 与 sum_squares，不要都给 | give conversions, or sum and sum_squares, not both';
    return conversions > users
      ? `${users} 人不可能有 ${conversions} 个转化 | ${conversions} conversions of ${users} users are impossible`
      : null;
  }
  if (sum === undefined || sum_squares === undefined)
    return '给出 conversions，或同时给出 sum 与 sum_squares | give conversions, or both sum and sum_squares';
  // Σx² ≥ (Σx)² / n, but for the rounding of whoever summed.
  const least = users === 0 ? Math.abs(sum) : sum ** 2 / users;
  if (users === 0 ? least > 0 || sum_squares > 0 : sum_squares < least * (1 - 1e-9)) {
    return `${users} 人的 sum ${sum} 与 sum_squares ${sum_squares} 不可能同时成立 | sum ${sum} and sum_squares ${sum_squares} of ${users} users are impossible`;
  }
  return null;
}

export const experimentPlanSchema = z
  .strictObject({
    baseline_rate: z.number().min(0).max(1).describe('the rate of the baseline, 0–1'),
    effect: z
      .number()
      .min(-1)
      .max(1)
      .refine(
        (effect) => effect !== 0,
        '0 的差异永远发现不了，多少人都不够 | an effect of 0 is never found, however many take part',
      )
      .describe('the difference of rates that is to be found: 0.02 is two percentage points'),
    power: z.number().gt(0).lt(1).default(0.8).describe('chance to find it if it is there; default 0.8'),
    confidence: z.number().gt(0).lt(1).default(0.95).describe('confidence of the test; default 0.95'),
    variants: z.int().min(2).max(1000).default(2).describe('variants, the baseline included; default 2'),
  })
  .superRefine(({ baseline_rate, effect }, context) => {
    const rate = baseline_rate + effect;
    if (rate < 0 || rate > 1) {
      const message = `转化率 ${baseline_rate} 不可能变化 ${effect}：转化率在 0 与 1 之间 | a rate of ${baseline_rate} cannot change by ${effect}: rates lie between 0 and 1`;
      context.addIssue({ code: 'custom', path: ['effect'], message });
    }
  });
export type ExperimentPlan = z.infer<typeof experimentPlanSchema>;

export const experimentSpecSchema = z
  .strictObject({
    ...commonShape,
    campaign: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe(
        'utm_campaign: people take part from their first touch of it in the range that has a variant',
      ),
    variant: z
      .enum(CHANNEL_COLUMNS)
      .default('utm_content')
      .describe('the column of that touch that is the variant; default utm_content'),
    variants: z
      .array(variantName)
      .max(1000)
      .default([])
      .describe('only these variants: touches of others are passed over; default all'),
    metric: z
      .strictObject({
        type: z
          .enum(['conversion', 'mean'])
          .default('conversion')
          .describe(
            'conversion: who did it at all; mean: value per user, zeros included; default conversion',
          ),
        event: z.string().min(1).max(100).default('order_pay').describe('what counts; default order_pay'),
        value: z
          .string()
          .min(1)
          .max(300)
          .nullable()
          .default('amount_fen')
          .describe('mean: a column or props.KEY with the number; default amount_fen, null counts events'),
        where: whereSchema,
      })
      .prefault({})
      .describe(
        'what is compared, from the first touch on; platforms, rooms, accounts and where select these events',
      ),
    counts: z
      .array(experimentCountsSchema)
      .min(1)
      .max(1000)
      .optional()
      .describe('figures of another tool instead of a campaign'),
    baseline: variantName
      .optional()
      .describe('the variant the others are compared with; default the first of counts, else by name'),
    weights: z
      .record(z.string(), z.number().min(0))
      .optional()
      .describe('planned shares of the variants, 0 or absent: not in the sample ratio; default equal'),
    confidence: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.95)
      .describe('of intervals and of the verdict; default 0.95'),
    plan: experimentPlanSchema.optional().describe('how many users are needed, instead of a result'),
  })
  .superRefine((spec, context) => {
    const problem = specProblem(spec);
    if (problem !== null) context.addIssue({ code: 'custom', ...problem });
  });
export type ExperimentSpec = z.infer<typeof experimentSpecSchema>;

function specProblem(spec: {
  readonly campaign?: string | undefined;
  readonly counts?: readonly (CountsRow & { readonly variant: string })[] | undefined;
  readonly plan?: object | undefined;
  readonly baseline?: string | undefined;
  readonly weights?: Readonly<Record<string, number>> | undefined;
}): { path: string[]; message: string } | null {
  const forms = [spec.campaign, spec.counts, spec.plan].filter((form) => form !== undefined);
  if (forms.length !== 1)
    return {
      path: [],
      message: 'campaign、counts、plan 三者给出其一 | give one of campaign, counts and plan',
    };
  if (spec.weights !== undefined && !Object.values(spec.weights).some((weight) => weight > 0)) {
    return {
      path: ['weights'],
      message: '至少一个版本的权重应大于 0 | one variant at least needs a weight above 0',
    };
  }
  if (spec.counts === undefined) return null;
  const names = spec.counts.map(({ variant }) => variant);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    return {
      path: ['counts'],
      message: `版本「${shownName(twice)}」出现了两次 | variant '${shownName(twice)}' stands there twice`,
    };
  if (new Set(spec.counts.map(({ conversions }) => conversions === undefined)).size > 1) {
    return {
      path: ['counts'],
      message: '各版本都给 conversions，或都给 sum | give conversions for all variants, or sums for all',
    };
  }
  const unknown = [spec.baseline, ...Object.keys(spec.weights ?? {})].find(
    (name) => name !== undefined && !names.includes(name),
  );
  if (unknown === undefined) return null;
  const known = names.slice(0, 20).join(', ');
  const shown = shownName(unknown);
  return {
    path: [],
    message: `counts 中没有版本「${shown}」；现有 ${known} | no variant '${shown}' in counts; there are ${known}`,
  };
}

const interval = z.tuple([z.number(), z.number()]).nullable();
const figure = z.number().nullable();

export const experimentVariantSchema = z.object({
  variant: z.string(),
  users: z.int(),
  conversions: z.int().optional(),
  rate: figure.optional(),
  rate_interval: interval.optional(),
  /** For means. */
  sum: z.number().optional(),
  mean: figure.optional(),
  mean_interval: interval.optional(),
  /** Against the baseline; null for itself and where there is nobody. */
  difference: figure,
  difference_interval: interval,
  lift: figure,
  /** Welch's t for means. */
  z: figure,
  /** Welch's degrees of freedom, for means. */
  df: figure.optional(),
  p: figure,
  p_adjusted: figure,
  chance_to_win: figure,
});
export type ExperimentVariant = z.infer<typeof experimentVariantSchema>;

const sampleRatioSchema = z.object({
  chi2: figure,
  df: z.int(),
  p: figure,
  /** The shares are not as planned: nothing can be concluded. */
  flag: z.boolean(),
});
export type SampleRatio = z.infer<typeof sampleRatioSchema>;

export const experimentComparisonSchema = z.object({
  metric: z.enum(['conversion', 'mean']),
  /** What means are of: `amount_fen`; null for counts of events and figures of another tool. */
  value: z.string().nullable(),
  baseline: z.string().nullable(),
  confidence: z.number(),
  variants: z.array(experimentVariantSchema),
  srm: sampleRatioSchema,
  /** In plain words: whether it can be called, and why. */
  verdict: z.string(),
  callable: z.boolean(),
  /** The best variant, when it can be called. */
  winner: z.string().nullable(),
  /** How many more users each variant needs, when too few are the reason. */
  more_users_per_variant: z.int().nullable(),
  notes: notesSchema,
});
export type ExperimentComparison = z.infer<typeof experimentComparisonSchema>;

export const experimentPlanResultSchema = z.object({
  users_per_variant: z.int(),
  users_total: z.int(),
  notes: notesSchema,
});
export type ExperimentPlanResult = z.infer<typeof experimentPlanResultSchema>;

export const experimentResultSchema = z.union([experimentComparisonSchema, experimentPlanResultSchema]);
export type ExperimentResult = z.infer<typeof experimentResultSchema>;

import { z } from 'zod';

import { commonShape, eventMatchSchema, notesSchema, whereSchema } from './common.js';

/** Steps and exclusions share one mask of 22 bits beside the time in a 64-bit number. */
export const MOST_FUNNEL_MARKS = 21;

const fieldSchema = z.string().min(1).max(300);

/** `{"event"}`, `{"event","where"}`, or `{"name","any_of":[…]}`. */
export const funnelStepSchema = z
  .strictObject({
    name: z.string().min(1).max(200).optional().describe('what the step is called; default its event names'),
    event: z.string().min(1).max(100).optional().describe('the event name; or any_of'),
    where: whereSchema,
    any_of: z
      .array(eventMatchSchema)
      .min(1)
      .max(50)
      .optional()
      .describe('several events that fill the step; or event'),
  })
  .superRefine((step, context) => {
    if ((step.event === undefined) === (step.any_of === undefined)) {
      context.addIssue({
        code: 'custom',
        message: '每一步给出 event 或 any_of 之一 | a step has either event or any_of',
      });
    }
  });
export type FunnelStepSpec = z.infer<typeof funnelStepSchema>;

const stepNumber = z.int().min(1);

export const funnelExclusionSchema = z
  .strictObject({
    event: z.string().min(1).max(100).optional().describe('the event that voids an attempt; or any_of'),
    where: whereSchema,
    any_of: z
      .array(eventMatchSchema)
      .min(1)
      .max(50)
      .optional()
      .describe('several events that void; or event'),
    from_step: stepNumber.default(1).describe('counts after this step; default 1'),
    to_step: stepNumber.nullable().default(null).describe('and before this step; default the last'),
  })
  .superRefine((exclusion, context) => {
    if ((exclusion.event === undefined) === (exclusion.any_of === undefined)) {
      context.addIssue({
        code: 'custom',
        message: '每个排除给出 event 或 any_of 之一 | an exclusion has either event or any_of',
      });
    }
  });
export type FunnelExclusionSpec = z.infer<typeof funnelExclusionSchema>;

export const funnelSpecSchema = z
  .strictObject({
    ...commonShape,
    steps: z.array(funnelStepSchema).min(1).max(20).describe('what must happen, 1 to 20 steps'),
    order: z.enum(['ordered', 'strict', 'unordered']).default('ordered').describe('default ordered'),
    window_seconds: z
      .number()
      .min(0)
      .max(10 * 366 * 86_400)
      .default(1_209_600)
      .describe('from the first to the last step at most, end included; default 14 days'),
    exclusions: z
      .array(funnelExclusionSchema)
      .max(20)
      .default([])
      .describe('events that void an attempt; default none'),
    breakdown: z
      .strictObject({
        field: fieldSchema.describe('a column of events, props.KEY, or touch.COLUMN'),
        attribution: z
          .enum(['first', 'last', 'step'])
          .default('first')
          .describe('whose value counts; default first'),
        step: stepNumber.default(1).describe('the step of attribution step; default 1'),
        limit: z.int().min(1).max(10_000).default(25).describe('groups listed before (other); default 25'),
      })
      .nullable()
      .default(null)
      .describe('one funnel a value; default none'),
    correlate: z
      .union([
        fieldSchema,
        z.strictObject({
          field: fieldSchema.describe('a column of events, props.KEY, or touch.COLUMN'),
          from_step: stepNumber.default(1).describe('the first step that carries the value; default 1'),
        }),
      ])
      .nullable()
      .default(null)
      .describe('the steps carry the same value of this field; default none'),
    trend: z
      .enum(['day', 'week', 'month'])
      .nullable()
      .default(null)
      .describe('one funnel a period; default none'),
  })
  .superRefine((spec, context) => {
    const last = spec.steps.length;
    if (last + spec.exclusions.length > MOST_FUNNEL_MARKS) {
      const message = `步骤与排除合计最多 ${MOST_FUNNEL_MARKS} 个 | at most ${MOST_FUNNEL_MARKS} steps and exclusions together`;
      context.addIssue({ code: 'custom', path: ['exclusions'], message });
    }
    if (spec.order === 'unordered' && last > 12) {
      context.addIssue({
        code: 'custom',
        path: ['steps'],
        message: 'unordered 漏斗最多 12 步 | an unordered funnel has at most 12 steps',
      });
    }
    spec.exclusions.forEach((exclusion, index) => {
      const to = exclusion.to_step ?? last;
      const message = `from_step 与 to_step 应在 1 到 ${last} 之间，from_step 在前 | from_step and to_step lie within 1 and ${last}, from_step before to_step`;
      const single = last === 1 && exclusion.from_step === 1 && to === 1;
      if (!single && (to > last || exclusion.from_step >= to)) {
        context.addIssue({ code: 'custom', path: ['exclusions', index], message });
      }
    });
    const correlated = typeof spec.correlate === 'object' ? spec.correlate?.from_step : undefined;
    if (correlated !== undefined && correlated > last) {
      context.addIssue({
        code: 'custom',
        path: ['correlate', 'from_step'],
        message: `只有 ${last} 步 | there are only ${last} steps`,
      });
    }
    if (spec.breakdown !== null && spec.breakdown.step > last) {
      context.addIssue({
        code: 'custom',
        path: ['breakdown', 'step'],
        message: `只有 ${last} 步 | there are only ${last} steps`,
      });
    }
  });
export type FunnelSpec = z.infer<typeof funnelSpecSchema>;

const share = z.number().min(0).max(1);

export const funnelStepResultSchema = z.object({
  step: z.int(),
  name: z.string(),
  viewers: z.int(),
  from_previous: share.nullable(),
  from_first: share,
  median_seconds: z.number().nullable(),
  mean_seconds: z.number().nullable(),
});
export type FunnelStepResult = z.infer<typeof funnelStepResultSchema>;

export const funnelResultSchema = z.object({
  steps: z.array(funnelStepResultSchema),
  breakdown: z.array(z.object({ value: z.string(), steps: z.array(funnelStepResultSchema) })).optional(),
  trend: z.array(z.object({ period: z.string(), steps: z.array(funnelStepResultSchema) })).optional(),
  /** Viewers who stopped at the step asked for by `--viewers-at`. */
  viewers_at: z.object({ step: z.int(), viewers: z.array(z.string()) }).optional(),
  notes: notesSchema,
});
export type FunnelResult = z.infer<typeof funnelResultSchema>;

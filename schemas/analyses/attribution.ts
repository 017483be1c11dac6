import { z } from 'zod';

import { channelDimensionSchema, commonShape, notesSchema, whereSchema } from './common.js';

/** The models of PRODUCT §6; all of them are the default. */
export const ATTRIBUTION_MODELS = [
  'first',
  'last',
  'last_non_direct',
  'linear',
  'position',
  'time_decay',
  'markov',
  'shapley',
] as const;
export const attributionModelSchema = z.enum(ATTRIBUTION_MODELS);
export type AttributionModel = z.infer<typeof attributionModelSchema>;

const amount = z.number().min(0).default(0);

/** A row of a path summary: touches in order, what came of them. */
export const pathSummarySchema = z.strictObject({
  path: z
    .array(z.string().min(1).max(500))
    .max(1000)
    .describe('channels in the order of the touches; [] is no touch'),
  conversions: amount.describe('conversions after this path; default 0'),
  value: z.number().default(0).describe('their value; default 0'),
  null_paths: amount.describe('viewers with this path and no conversion; default 0'),
});
export type PathSummary = z.infer<typeof pathSummarySchema>;

export const attributionSpecSchema = z
  .strictObject({
    ...commonShape,
    conversion: z
      .strictObject({
        event: z
          .string()
          .min(1)
          .max(100)
          .default('order_pay')
          .describe('the event that converts; default order_pay'),
        value: z
          .string()
          .min(1)
          .max(300)
          .nullable()
          .default('amount_fen')
          .describe('a column or props.KEY whose number is the value; default amount_fen, null for none'),
        where: whereSchema,
      })
      .prefault({})
      .describe('what is credited'),
    channel: channelDimensionSchema,
    lookback_days: z
      .number()
      .min(0)
      .max(3660)
      .default(30)
      .describe('touches this long before count; default 30'),
    models: z
      .array(attributionModelSchema)
      .min(1)
      .optional()
      .describe('default all; with paths all but time_decay'),
    half_life_days: z
      .number()
      .positive()
      .max(3660)
      .default(7)
      .describe('time_decay: half the weight; default 7'),
    position: z
      .tuple([z.number().min(0).max(1), z.number().min(0).max(1)])
      .default([0.4, 0.4])
      .describe('position: shares of the first and the last touch; default [0.4, 0.4]'),
    markov_order: z.int().min(1).max(4).default(1).describe('markov: touches that make a state; default 1'),
    unit: z
      .enum(['conversion', 'viewer'])
      .default('conversion')
      .describe('every conversion, or only the first of a viewer in the range; default conversion'),
    paths: z
      .array(pathSummarySchema)
      .max(1_000_000)
      .optional()
      .describe('a path summary instead of the warehouse'),
  })
  .superRefine((spec, context) => {
    if (spec.position[0] + spec.position[1] > 1 + 1e-12) {
      context.addIssue({
        code: 'custom',
        path: ['position'],
        message: '两个份额之和超过 1 | the two shares add up to more than 1',
      });
    }
    if (spec.paths !== undefined && spec.models?.includes('time_decay') === true) {
      const message =
        'time_decay 需要触点时间，路径汇总中没有：请去掉 | time_decay needs the times of the touches, which a path summary has not: leave it out';
      context.addIssue({ code: 'custom', path: ['models'], message });
    }
  });
export type AttributionSpec = z.infer<typeof attributionSpecSchema>;

export const channelCreditSchema = z.object({
  channel: z.string(),
  conversions: z.number(),
  value: z.number(),
});
export type ChannelCredit = z.infer<typeof channelCreditSchema>;

export const attributionResultSchema = z.object({
  models: z.partialRecord(attributionModelSchema, z.array(channelCreditSchema)),
  conversions: z.number(),
  value: z.number(),
  paths: z.array(
    z.object({
      path: z.array(z.string()),
      conversions: z.number(),
      value: z.number(),
      null_paths: z.number(),
    }),
  ),
  notes: notesSchema,
});
export type AttributionResult = z.infer<typeof attributionResultSchema>;

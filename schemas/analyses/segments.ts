import { z } from 'zod';

import { commonShape, notesSchema } from './common.js';

/** Most thresholds of one figure. */
const MOST_THRESHOLDS = 20;

function thresholds(of: string, standard: readonly [number, number]): z.ZodDefault<z.ZodArray<z.ZodNumber>> {
  return z
    .array(z.number().min(0))
    .min(1)
    .max(MOST_THRESHOLDS)
    .refine((list) => list.every((value, index) => index === 0 || value > (list[index - 1] ?? 0)), {
      message: '门槛应从小到大，不重复 | thresholds ascend, each once',
    })
    .default([...standard])
    .describe(`${of}; a value on a threshold is in the higher band; default [${standard.join(', ')}]`);
}

export const segmentsSpecSchema = z.strictObject({
  ...commonShape,
  recency_days: thresholds('days from the last event to `to` (without one: to the latest event)', [7, 30]),
  frequency: thresholds('paid orders', [2, 5]),
  money_fen: thresholds('their sum in fen', [1, 50_000]),
  watch_seconds: thresholds('seconds watched, as in audience', [60, 1800]),
  timeout_seconds: z
    .number()
    .positive()
    .max(86_400)
    .default(120)
    .describe('a longer silence ends a stretch of watching at the last event before it; default 120'),
});
export type SegmentsSpec = z.infer<typeof segmentsSpecSchema>;

const band = z.int().min(0);

export const segmentSchema = z.object({
  recency: band,
  frequency: band,
  money: band,
  watch: band,
  viewers: z.int(),
  gmv_fen: z.number(),
});
export type Segment = z.infer<typeof segmentSchema>;

export const segmentsResultSchema = z.object({
  /** Those with somebody in them, by their bands. */
  segments: z.array(segmentSchema),
  total: z.object({ viewers: z.int(), gmv_fen: z.number() }),
  /** What recency counts to; null when there is nobody. */
  as_of: z.string().nullable(),
  /** The thresholds the bands are made of. */
  bands: z.object({
    recency_days: z.array(z.number()),
    frequency: z.array(z.number()),
    money_fen: z.array(z.number()),
    watch_seconds: z.array(z.number()),
  }),
  notes: notesSchema,
});
export type SegmentsResult = z.infer<typeof segmentsResultSchema>;

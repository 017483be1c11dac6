import { z } from 'zod';

import { commonShape, notesSchema, whereSchema } from './common.js';

const matchShape = {
  event: z.string().min(1).max(100).default('live_enter').describe('the event name; default live_enter'),
  where: whereSchema,
};

export const retentionSpecSchema = z.strictObject({
  ...commonShape,
  cohort: z
    .strictObject(matchShape)
    .prefault({})
    .describe('what puts a viewer into the cohort of its period'),
  returning: z.strictObject(matchShape).prefault({}).describe('what counts as having come (back)'),
  period: z
    .enum(['day', 'week', 'month', 'live'])
    .default('day')
    .describe(
      'cohorts and steps by day, week from Monday, month, or live in the order of their starts; default day',
    ),
  mode: z
    .enum(['first', 'each'])
    .default('first')
    .describe(
      'first: a viewer is in the cohort of their first cohort event ever, in none if that lies before from; each: in that of every period with one; default first',
    ),
});
export type RetentionSpec = z.infer<typeof retentionSpecSchema>;

export const retentionCohortSchema = z.object({
  /** The first day of the period, or the live. */
  cohort: z.string(),
  /** Of a live: its start, as far as known its first event else. */
  started_at: z.string().optional(),
  viewers: z.int(),
  /** Of these viewers, who had the returning event in the cohort's own period, the next, and so on. */
  returned: z.array(z.int()),
});
export type RetentionCohort = z.infer<typeof retentionCohortSchema>;

export const retentionResultSchema = z.object({
  cohorts: z.array(retentionCohortSchema),
  notes: notesSchema,
});
export type RetentionResult = z.infer<typeof retentionResultSchema>;

import { z } from 'zod';

import { commonShape, eventMatchSchema, notesSchema } from './common.js';

export const pathSpecSchema = z.strictObject({
  ...commonShape,
  start: eventMatchSchema
    .prefault({ event: 'live_enter' })
    .describe('every such event begins a path; default live_enter'),
  steps: z
    .int()
    .min(1)
    .max(20)
    .default(4)
    .describe('events of a path at most, its start included; default 4'),
  limit: z.int().min(1).max(10_000).default(20).describe('paths listed; default 20'),
  session_gap_seconds: z
    .number()
    .positive()
    .max(31 * 86_400)
    .default(1800)
    .describe('a longer silence ends a path; default 1800'),
});
export type PathSpec = z.infer<typeof pathSpecSchema>;

export const pathResultSchema = z.object({
  /** The most walked ones; event names in order, neighbouring repeats once. */
  paths: z.array(z.object({ path: z.array(z.string()), viewers: z.int() })),
  /** From one event of a path to the next, of all paths. */
  transitions: z.array(z.object({ from: z.string(), to: z.string(), viewers: z.int() })),
  /** Viewers with a start, starts, and how many different paths they began. */
  total: z.object({ viewers: z.int(), starts: z.int(), paths: z.int() }),
  notes: notesSchema,
});
export type PathResult = z.infer<typeof pathResultSchema>;

import { z } from 'zod';
import { PLATFORMS } from '../platform.js';
import { scheduleSchema, secretSourceSchema } from './delivery.js';

const minutes = z.number().int().positive();
const share = z.number().gt(0).max(1);
const platforms = z.array(z.enum(PLATFORMS)).min(1).optional();

/** What an alert watches. */
export const alertConditionSchema = z.discriminatedUnion('kind', [
  /** Online of a room fell by this share of its peak within so many minutes while the live goes on. */
  z.strictObject({
    kind: z.literal('online_drop'),
    share,
    within_minutes: minutes.default(10),
    /** Rooms whose peak was lower are left alone. */
    least_online: z.number().int().min(1).default(100),
    platforms,
  }),
  /** GMV of the last so many minutes fell by this share against as many minutes before, in a room. */
  z.strictObject({
    kind: z.literal('gmv_drop'),
    share,
    within_minutes: minutes.default(30),
    least_fen: z.number().int().min(1).default(100_000),
    platforms,
  }),
  /** A source from which something came in the last 28 days has been silent for so long. */
  z.strictObject({ kind: z.literal('source_silent'), minutes: minutes.default(24 * 60), platforms }),
  /** A report is not delivered so long after it was due. */
  z.strictObject({ kind: z.literal('report_late'), minutes: minutes.default(180) }),
  /** Nobody knows whether a report arrived, or it failed for good. */
  z.strictObject({ kind: z.literal('report_uncertain') }),
]);
export type AlertCondition = z.infer<typeof alertConditionSchema>;

/** An alert as its YAML says it: a file in the folder `alerts` of the reports folder. */
export const alertDefinitionSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'small letters, digits and hyphens' }),
  title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  /** When it looks. */
  schedule: scheduleSchema.default({ cron: '*/5 * * * *', time_zone: 'Asia/Shanghai' }),
  robots: z.array(z.strictObject({ name: z.string().min(1).max(80), webhook: secretSourceSchema })).min(1),
  conditions: z.array(alertConditionSchema).min(1),
  /** The same alert again only after so long. */
  repeat_after_minutes: minutes.default(120),
});
export type AlertDefinition = z.infer<typeof alertDefinitionSchema>;

import { z } from 'zod';
import { isTimeZone } from '../instant.js';

/** Where a password or another secret comes from; never from the definition itself. */
const secretName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'name of an environment variable' });
const path = z.string().min(1);

export const secretSourceSchema = z.union(
  [
    /** Variable of the environment that holds it. */
    z.strictObject({ env: secretName }),
    /** File that holds it, and nothing else. */
    z.strictObject({ file: path }),
    /** YAML or JSON file of many secrets, `name: secret`; without `name` that of the recipient. */
    z.strictObject({ secrets_file: path, name: z.string().min(1).optional() }),
  ],
  { error: 'one of { env: VARIABLE }, { file: PATH }, { secrets_file: PATH, name: NAME }' },
);
export type SecretSource = z.infer<typeof secretSourceSchema>;

export const CHANNELS = ['folder', 'smtp', 'wecom_robot', 's3'] as const;
export type Channel = (typeof CHANNELS)[number];

/** When a report is due. */
export const scheduleSchema = z.strictObject({
  /** Five fields: minute hour day-of-month month day-of-week. */
  cron: z.string().min(1),
  time_zone: z
    .string()
    .refine(isTimeZone, { error: 'an IANA time zone such as Asia/Shanghai' })
    .default('Asia/Shanghai'),
});
export type ScheduleDefinition = z.infer<typeof scheduleSchema>;

/** What the channels need beside the settings. */
export const deliverySchema = z.strictObject({
  folder: z.strictObject({ path }).optional(),
  /** Words before the title in the subject of mails. */
  smtp: z.strictObject({ subject_prefix: z.string().max(60).optional() }).optional(),
  wecom_robot: z.strictObject({ webhook: secretSourceSchema }).optional(),
  /** Prefix of the object names in the bucket of the settings. */
  s3: z.strictObject({ prefix: z.string().max(200).default('') }).optional(),
});
export type DeliveryDefinition = z.infer<typeof deliverySchema>;

export const recipientSchema = z.strictObject({
  /** As the watermark shows it; unique in the report. */
  name: z.string().trim().min(1).max(80),
  channels: z.array(z.enum(CHANNELS)).min(1),
  email: z.email().optional(),
  /** A folder or group robot of this recipient alone. */
  folder: path.optional(),
  webhook: secretSourceSchema.optional(),
  /** Absent: the report's. */
  password: secretSourceSchema.optional(),
});
export type RecipientDefinition = z.infer<typeof recipientSchema>;

/** What happens when data are late or change afterwards. */
export const latenessSchema = z.strictObject({
  /** So long after the due time a report waits for its sources; then it goes out as provisional. */
  max_wait_minutes: z
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 60)
    .default(120),
  /** A figure that changed by more than this fraction makes a correction; null: none is ever made. */
  reissue_threshold: z.number().min(0).nullable().default(0.05),
  /** Runs older than this are not corrected any more. */
  reissue_within_days: z.number().int().min(0).max(90).default(7),
  /** After a longer downtime the older runs are given up, loudly. */
  catch_up_days: z.number().int().min(1).max(365).default(31),
});
export type LatenessDefinition = z.infer<typeof latenessSchema>;

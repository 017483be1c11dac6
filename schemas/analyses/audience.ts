import { z } from 'zod';

import { commonShape, notesSchema } from './common.js';

/** Minutes of watch time whose reach is told. */
export const STAYED_MINUTES = [1, 3, 5, 10, 30, 60] as const;

export const audienceSpecSchema = z.strictObject({
  ...commonShape,
  timeout_seconds: z
    .number()
    .positive()
    .max(86_400)
    .default(120)
    .describe('a longer silence ends a stretch of watching at the last event before it; default 120'),
});
export type AudienceSpec = z.infer<typeof audienceSpecSchema>;

export const audienceRoomSchema = z.object({
  platform: z.string(),
  account: z.string(),
  room_id: z.string(),
  viewers: z.int(),
  views: z.int(),
  peak_concurrent: z.int(),
  peak_at: z.string().nullable(),
  average_concurrent: z.number().nullable(),
  watch_seconds: z.number(),
  curve: z.array(z.object({ minute: z.string(), online: z.int() })),
  stayed: z.array(z.object({ minutes: z.int(), viewers: z.int(), share: z.number() })),
  replay_viewers: z.int(),
  replay_seconds: z.number(),
});
export type AudienceRoom = z.infer<typeof audienceRoomSchema>;

export const audienceResultSchema = z.object({ rooms: z.array(audienceRoomSchema), notes: notesSchema });
export type AudienceResult = z.infer<typeof audienceResultSchema>;

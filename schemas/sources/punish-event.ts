import { z } from 'zod';

/** `wxa_punish_event` (DOMAIN §7.2). `FromUserName` is an openid and never read. */
export const punishEventSchema = z.looseObject({
  Event: z.literal('wxa_punish_event'),
  punish_id: z.union([z.string(), z.number()]).nullish(),
  appid: z.string().nullish(),
  punish_time: z.union([z.string(), z.number()]).nullish().describe('seconds'),
  illegal_reason: z.string().nullish(),
  detail: z.unknown().optional().describe('JSON in a text'),
  rule_url: z.string().nullish(),
  rule_name: z.string().nullish(),
  event_type: z.union([z.string(), z.number()]).nullish().describe('1 warning … 5 or 10 page ban'),
});
export type PunishEvent = z.infer<typeof punishEventSchema>;

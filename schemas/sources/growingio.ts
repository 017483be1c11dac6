import { z } from 'zod';

/** One element of the array that the GrowingIO mini-program SDK 4 posts (DOMAIN §2.6). */
export const growingioEventSchema = z.looseObject({
  eventType: z.string().describe('VISIT, PAGE, CUSTOM, VIEW_CLICK, APP_CLOSED, LOGIN_USER_ATTRIBUTES'),
  eventName: z.string().optional().describe('of CUSTOM'),
  timestamp: z.union([z.number(), z.string()]).describe('milliseconds'),
  deviceId: z.string().optional().describe('the openid where the SDK was told so'),
  userId: z.union([z.string(), z.number()]).nullish(),
  domain: z.string().optional().describe('appid'),
  appChannel: z.string().optional().describe('scene: scn:1007'),
  path: z.string().optional(),
  query: z.string().optional(),
  title: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});
export type GrowingioEvent = z.infer<typeof growingioEventSchema>;

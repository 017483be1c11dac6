import { z } from 'zod';

/** A row of the We分析 event monitor (DOMAIN §2.4); the header has `networktype` twice. */
export const wedataRowSchema = z.looseObject({
  event_time: z.union([z.string(), z.number()]).describe('Unix seconds'),
  eventId: z.string().describe('configured name of the event'),
  eventDesc: z.string().nullish(),
  event_value: z.string().nullish().describe('what was reported, JSON text'),
  page_path: z.string().nullish().describe('may hold a query'),
  openid: z.string(),
  enter_scene: z.union([z.string(), z.number()]).nullish().describe('bare scene code'),
});
export type WedataRow = z.infer<typeof wedataRowSchema>;

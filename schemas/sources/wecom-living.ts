import { z } from 'zod';

const whole = z.union([z.number(), z.string()]).nullish();

/** A viewer in `get_watch_stat` (DOMAIN §1.1) and its school variants; every key may be missing. */
export const watchEntrySchema = z.looseObject({
  userid: z.string().nullish(),
  external_userid: z.string().nullish(),
  student_userid: z.string().nullish(),
  parent_userid: z.string().nullish(),
  type: whole.describe('1 WeChat, 2 WeCom'),
  name: z.string().nullish(),
  nickname: z.string().nullish(),
  watch_time: whole.describe('seconds'),
  is_comment: whole.describe('0 / 1, a flag, not a count'),
  is_mic: whole,
  enter_time: whole,
  leave_time: whole,
  invitor_userid: z.string().nullish(),
  invitor_external_userid: z.string().nullish(),
});
export type WatchEntry = z.infer<typeof watchEntrySchema>;

/** `living_info` of `get_living_info` (DOMAIN §1.2). `push_stream_url` is a secret and never read. */
export const livingInfoSchema = z.looseObject({
  theme: z.string().nullish(),
  living_start: whole,
  living_duration: whole,
  status: whole.describe('0 reserved, 1 live, 2 ended, 3 expired, 4 cancelled'),
  reserve_start: whole,
  reserve_living_duration: whole,
  anchor_userid: z.string().nullish(),
  viewer_num: whole,
  comment_num: whole,
});
export type LivingInfo = z.infer<typeof livingInfoSchema>;

import { z } from 'zod';

const seconds = z.union([z.number(), z.string()]).nullish();

/** One room of `getliveinfo` (DOMAIN §2.1). `creater_openid`, images and goods are not read. */
export const liveRoomSchema = z.looseObject({
  roomid: z.union([z.number(), z.string()]),
  name: z.string().nullish(),
  anchor_name: z.string().nullish(),
  start_time: seconds,
  end_time: seconds.describe('the planned end'),
  live_status: z
    .union([z.number(), z.string()])
    .nullish()
    .describe('101 live, 102 not begun, 103 ended, 104 banned, 105 paused, 106 abnormal, 107 expired'),
});
export type LiveRoom = z.infer<typeof liveRoomSchema>;

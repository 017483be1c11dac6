import { z } from 'zod';

import { channelDimensionSchema, commonShape, notesSchema } from './common.js';

export const channelsSpecSchema = z.strictObject({ ...commonShape, channel: channelDimensionSchema });
export type ChannelsSpec = z.infer<typeof channelsSpecSchema>;

const figures = {
  link_clicks: z.int(),
  entrants: z.int(),
  goods_clickers: z.int(),
  buyers: z.int(),
  orders: z.int(),
  gmv_fen: z.number(),
  click_rate: z.number().nullable(),
  buy_rate: z.number().nullable(),
  buy_rate_interval: z.tuple([z.number(), z.number()]).nullable(),
  cost_fen: z.number().nullable(),
  cost_per_entrant_fen: z.number().nullable(),
  cost_per_buyer_fen: z.number().nullable(),
  return_on_spend: z.number().nullable(),
  new_viewers: z.int(),
  returning_viewers: z.int(),
};
export const channelFiguresSchema = z.object(figures);
export type ChannelFigures = z.infer<typeof channelFiguresSchema>;

export const channelsResultSchema = z.object({
  channels: z.array(z.object({ channel: z.string(), ...figures })),
  total: channelFiguresSchema,
  notes: notesSchema,
});
export type ChannelsResult = z.infer<typeof channelsResultSchema>;

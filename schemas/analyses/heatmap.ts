import { z } from 'zod';

import { commonShape, notesSchema } from './common.js';

export const heatmapSpecSchema = z.strictObject({
  ...commonShape,
  rows: z
    .enum(['action', 'goods_id'])
    .default('action')
    .describe('a row for each event name but heartbeats, or for each goods of any event; default action'),
});
export type HeatmapSpec = z.infer<typeof heatmapSpecSchema>;

export const heatmapRoomSchema = z.object({
  platform: z.string(),
  account: z.string(),
  room_id: z.string(),
  /** Instants of minute starts, ascending; a silence of over two hours is left out. */
  minutes: z.array(z.string()),
  rows: z.array(z.object({ key: z.string(), counts: z.array(z.int()) })),
});
export type HeatmapRoom = z.infer<typeof heatmapRoomSchema>;

export const heatmapResultSchema = z.object({ rooms: z.array(heatmapRoomSchema), notes: notesSchema });
export type HeatmapResult = z.infer<typeof heatmapResultSchema>;

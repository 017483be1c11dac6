import { z } from 'zod';

const figure = z.union([z.number(), z.string()]).nullish();

/** One minute of one room, neutral form (DOMAIN §4.1). Columns of a PDF, CSV or XLSX export carry the same. */
export const minuteSummarySchema = z.looseObject({
  source: z.string().nullish().describe('who exported; kandian when absent'),
  platform: z.string().nullish().describe('kandian when absent'),
  account: z.string().nullish(),
  room_id: z.union([z.string(), z.number()]).nullish().describe('--room when absent'),
  minute: z.union([z.string(), z.number()]).describe('start of the minute: ISO 8601, Beijing text, epoch'),
  online: figure,
  viewers: figure,
  uv: figure.describe('another name of viewers'),
  views: figure,
  pv: figure.describe('another name of views'),
  viewers_new: figure,
  likes: figure,
  comments: figure,
  shares: figure,
  requests: figure,
  flux_mb: figure,
  bandwidth_mbps: figure,
  exported_at: z.union([z.string(), z.number()]).nullish(),
});
export type MinuteSummary = z.infer<typeof minuteSummarySchema>;

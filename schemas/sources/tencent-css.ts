import { z } from 'zod';

const figure = z.union([z.number(), z.string()]).nullish();

/** `DescribeStreamPlayInfoList`: one minute of the stream asked for; `Time` is Beijing text. */
export const cssMinuteSchema = z.looseObject({
  Time: z.string(),
  Bandwidth: figure.describe('Mbps'),
  Flux: figure.describe('MB'),
  Request: figure,
  Online: figure.describe('TCP connections, not people'),
});
export type CssMinute = z.infer<typeof cssMinuteSchema>;

/** `DescribeAllStreamPlayInfoList`: one rate and protocol of one stream in the minute `QueryTime`. */
export const cssStreamPartSchema = z.looseObject({
  StreamName: z.string(),
  Bandwidth: figure,
  Online: figure,
  Request: figure,
});
export type CssStreamPart = z.infer<typeof cssStreamPartSchema>;

/** What any action answers, inside `Response`. */
export const cssResponseSchema = z.looseObject({
  Error: z.looseObject({ Code: z.string().nullish(), Message: z.string().nullish() }).nullish(),
  QueryTime: z.string().nullish(),
  DataInfoList: z.array(z.unknown()).nullish(),
  RequestId: z.string().nullish(),
});

/** Push start (1) and stop (0); 100 recording, 200 screenshot. `user_ip` and `stream_param` are never read. */
export const cssCallbackSchema = z.looseObject({
  event_type: z.union([z.number(), z.string()]),
  stream_id: z.string().nullish(),
  channel_id: z.string().nullish().describe('another name of stream_id'),
  event_time: z.union([z.number(), z.string()]).nullish().describe('seconds'),
  sequence: z.union([z.string(), z.number()]).nullish().describe('pairs start and stop'),
});
export type CssCallback = z.infer<typeof cssCallbackSchema>;

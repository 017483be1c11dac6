import { z } from 'zod';

const zone = z.string().refine(isTimeZone, { error: 'must be an IANA time zone such as Asia/Shanghai' });
const file = z.string().min(1);

/** Every setting, with its default; units are in the names. Secrets come from the environment or `…_FILE` only. */
export const settingsSchema = z.strictObject({
  language: z.enum(['zh', 'en']).default('zh').describe('Language of what people read.'),
  report_time_zone: zone
    .default('Asia/Shanghai')
    .describe('IANA zone in which days begin and instants are shown.'),
  data_dir: file.default('.wxlive').describe('Folder of the private engine and the keys.'),
  column_aliases: z
    .record(z.string(), z.string())
    .default({})
    .describe('Header of a platform export → field, for layouts wxlive has not seen.'),
  event_map: z
    .record(z.string(), z.string())
    .default({})
    .describe('Your event name → canonical name; the original is kept.'),
  channel_groups: z
    .record(z.string(), z.string())
    .default({})
    .describe('Channel → group it is shown as, also for what is stored already.'),
  own_domains: z.array(z.string()).default([]).describe('Hosts whose referrers are internal.'),
  clickhouse_url: z.url().optional().describe('A ClickHouse server instead of the private engine.'),
  clickhouse_user: z.string().default('default').describe('User of the server.'),
  clickhouse_database: z.string().default('wxlive').describe('Database of the public views.'),
  clickhouse_analyst_user: z.string().optional().describe('User of `wxlive sql` on the server.'),
  serve_host: z.string().default('127.0.0.1').describe('Address `wxlive serve` listens on.'),
  serve_port: z
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8787)
    .describe('Port of `wxlive serve`; 0: any free one.'),
  reports_dir: file.optional().describe('Folder with report definitions of your own.'),
});
export type Settings = z.infer<typeof settingsSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

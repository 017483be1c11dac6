import { z } from 'zod';
import { DEFAULT_ACCOUNT, platformSchema } from './platform.js';
import { isDay } from './report-day.js';

const zone = z.string().refine(isTimeZone, { error: 'must be an IANA time zone such as Asia/Shanghai' });
const file = z.string().min(1);
const port = z.coerce.number().int().min(1).max(65535);
const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const apiUrl = z.url().refine(isSafeForSecrets, { error: 'must be https (plain http only on this machine)' });
const cron = z
  .string()
  .refine((text) => text === 'off' || [5, 6].includes(text.trim().split(/\s+/u).length), {
    error:
      'must be `off` or five fields: minute hour day-of-month month day-of-week (seconds may stand first)',
  });

/** A source that has to deliver every day. */
const expectedSourceSchema = z.strictObject({
  platform: platformSchema,
  account: z.string().min(1).default(DEFAULT_ACCOUNT),
  source: z.enum(['events', 'minutes', 'wecom-watch']),
  since: z
    .string()
    .refine(isDay, { error: 'must be a day such as 2026-11-11' })
    .optional()
    .describe('First day it is expected of; absent: since its account first delivered anything.'),
});
export type ExpectedSource = z.infer<typeof expectedSourceSchema>;

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
  expected_sources: z
    .array(expectedSourceSchema)
    .default([])
    .describe('What source_status expects of a platform and account; else what came in the last 28 days.'),
  own_domains: z.array(z.string()).default([]).describe('Hosts whose referrers are internal.'),
  clickhouse_url: z.url().optional().describe('A ClickHouse server instead of the private engine.'),
  clickhouse_user: z.string().default('default').describe('User of the server.'),
  clickhouse_database: z
    .string()
    .default('wxlive')
    .describe(
      'Where names without a database are looked up by `wxlive sql`. The views are always in `wxlive`, what is behind them in `wxlive_store`.',
    ),
  clickhouse_analyst_user: z.string().optional().describe('User of `wxlive sql` on the server.'),
  clickhouse_cluster: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/u, {
      error: 'must be a name under remote_servers: letters, digits and underscore',
    })
    .optional()
    .describe(
      'The server is a node of this cluster (its name under remote_servers), and the warehouse is spread over the shards.',
    ),
  clickhouse_shard_urls: z
    .array(z.url())
    .default([])
    .describe(
      'HTTP address of every shard of a cluster without Keeper, one node each. None: the cluster has Keeper, tables are replicated.',
    ),
  serve_host: z.string().default('127.0.0.1').describe('Address `wxlive serve` listens on.'),
  serve_port: z
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8787)
    .describe('Port of `wxlive serve`; 0: any free one.'),
  allowed_origins: z
    .array(z.string())
    .default([])
    .describe('Origins whose pages may post events, such as https://h5.example.com; own_domains may anyway.'),
  collector_flush_interval_ms: whole(0, 60_000)
    .default(100)
    .describe('Requests that come within this time are stored together.'),
  collector_flush_records: whole(1, 500_000)
    .default(20_000)
    .describe('So many records are stored without waiting longer.'),
  collector_answer_timeout_ms: whole(100, 600_000)
    .default(30_000)
    .describe('A request whose records are not durable by then is answered 503.'),
  collector_waiting_records: whole(1, 10_000_000)
    .default(200_000)
    .describe('More records waiting than these: 503.'),
  collector_body_bytes: whole(1_024, 1_073_741_824)
    .default(10_485_760)
    .describe('Most bytes of one request as it comes: 413 above.'),
  collector_inflated_bytes: whole(1_024, 1_073_741_824)
    .default(67_108_864)
    .describe('Most bytes of one request after decompression.'),
  collector_memory_bytes: whole(1_048_576, 68_719_476_736)
    .default(536_870_912)
    .describe('Most bytes of all requests in memory: 503 above.'),
  collector_rows_per_second: whole(0, 100_000_000)
    .default(200_000)
    .describe('Rows a second and write key: 429 above; 0: no limit.'),
  collector_connections: whole(1, 1_000_000)
    .default(2_000)
    .describe('Connections at once; further ones are closed.'),
  kafka_brokers: z
    .array(z.string().regex(/^.+:\d+$/u, { error: 'must be host:port' }))
    .default([])
    .describe('Brokers of Kafka, host:port; without any, records go straight into the warehouse.'),
  kafka_topic_prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/u, { error: 'may hold letters, digits, dot, dash and underscore' })
    .default('wxlive')
    .describe('Topics are called PREFIX.events, PREFIX.import and so on.'),
  kafka_group: z.string().min(1).default('wxlive-loader').describe('Consumer group of the loaders.'),
  kafka_partitions_count: whole(1, 48)
    .default(24)
    .describe('Partitions of topics that wxlive makes; records are spread over 48 buckets.'),
  kafka_replication_count: whole(1, 32767).default(1).describe('Copies of topics that wxlive makes.'),
  kafka_retention_seconds: whole(3_600, 315_360_000)
    .default(604_800)
    .describe('How long topics that wxlive makes keep records.'),
  kafka_compression: z.enum(['none', 'gzip', 'zstd']).default('gzip').describe('zstd needs Node.js 22.15.'),
  kafka_tls: z.stringbool().or(z.boolean()).default(false).describe('Talk to the brokers over TLS.'),
  kafka_tls_ca_file: file.optional().describe('Certificate authority of the brokers, PEM; implies TLS.'),
  kafka_sasl_mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to sign in to the brokers, with kafka_sasl_username and KAFKA_SASL_PASSWORD.'),
  kafka_sasl_username: z.string().optional().describe('User of the brokers.'),
  loader_flush_interval_ms: whole(0, 60_000)
    .default(200)
    .describe('The loader stores what came from Kafka at least so far apart.'),
  loader_flush_records: whole(1, 500_000)
    .default(50_000)
    .describe('So many records from Kafka are stored at once.'),
  wecom_corp_id: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Corp of `wxlive pull wecom`; WXLIVE_WECOM_SECRET is the secret of an app that may read lives.',
    ),
  wecom_account: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Account that pulled lives belong to; absent: the corp. Roster and workbooks need the same one.',
    ),
  wecom_anchors: z
    .array(z.string().min(1))
    .default([])
    .describe('Staff ids whose lives are pulled; none: everyone in the roster and every anchor known.'),
  wecom_api_url: apiUrl.default('https://qyapi.weixin.qq.com').describe('Where the API of WeCom is.'),
  miniprogram_app_id: z
    .string()
    .min(1)
    .optional()
    .describe('Mini-program of `wxlive pull rooms`; WXLIVE_MINIPROGRAM_SECRET is its AppSecret.'),
  miniprogram_account: z
    .string()
    .min(1)
    .optional()
    .describe('Account that pulled rooms belong to; absent: the appid.'),
  miniprogram_api_url: apiUrl.default('https://api.weixin.qq.com').describe('Where the API of WeChat is.'),
  css_account: z
    .string()
    .min(1)
    .default(DEFAULT_ACCOUNT)
    .describe('Account that minutes of `wxlive pull css` belong to, as those of push callbacks.'),
  css_streams: z
    .array(z.string().min(1))
    .default([])
    .describe('Streams whose minutes are pulled; none: every stream that was pushed that day.'),
  css_api_url: apiUrl
    .default('https://live.tencentcloudapi.com')
    .describe('Where the API of Tencent Cloud CSS is; WXLIVE_CSS_SECRET_ID and WXLIVE_CSS_SECRET_KEY sign.'),
  pull_wecom_cron: cron
    .default('10 1,7,13,19 * * *')
    .describe(
      'When `serve` pulls lives and watch lists (report time zone), once its secret is set; or `off`.',
    ),
  pull_rooms_cron: cron.default('20 * * * *').describe('When `serve` pulls rooms; or `off`.'),
  pull_css_cron: cron.default('*/15 * * * *').describe('When `serve` pulls minutes; or `off`.'),
  pull_restate_hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(720)
    .default(72)
    .describe('So long after its end a live or day is pulled again, for what the platform restates.'),
  pull_timeout_ms: whole(100, 600_000).default(15_000).describe('Most time of one request to an API.'),
  pull_requests_per_second: whole(1, 500)
    .default(10)
    .describe('Requests to one API a second; the platforms allow 30 and more.'),
  reports_dir: file
    .optional()
    .describe('Folder with report definitions of your own; alert definitions in its folder `alerts`.'),
  smtp_host: z.string().min(1).optional().describe('Mail server that reports go out by.'),
  smtp_port: port.default(587).describe('Its port.'),
  smtp_security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('`none` only for a server nearby that asks for no password.'),
  smtp_user: z
    .string()
    .min(1)
    .optional()
    .describe('User of the mail server; WXLIVE_SMTP_PASSWORD is its secret.'),
  smtp_from: z.string().min(3).optional().describe('Sender of reports: an address, or `name <address>`.'),
  smtp_ca_file: file
    .optional()
    .describe('PEM of the authority of the mail server, where it is a private one.'),
  s3_endpoint: z.url().optional().describe('S3-compatible storage (COS, OSS, MinIO); absent: AWS.'),
  s3_region: z.string().min(1).default('us-east-1').describe('Its region.'),
  s3_bucket: z
    .string()
    .min(1)
    .optional()
    .describe('Its bucket; WXLIVE_S3_ACCESS_KEY_ID and WXLIVE_S3_SECRET_ACCESS_KEY are its secrets.'),
  s3_path_style: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe('The bucket stands in the path of addresses, not in the host.'),
  s3_link_hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(168)
    .default(72)
    .describe('How long a link to a file too large for a group robot stays good.'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** A secret goes with every request: over a network only encrypted. */
function isSafeForSecrets(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(hostname);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { nearestNames, settingsSchema, type Settings } from '../schemas/index.js';
import { UsageError } from './exit-codes.js';

/** What `--config`, `--data` and `--lang` say; they win over file and environment. */
export interface SettingsFlags {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly lang?: string | undefined;
}

const DEFAULT_FILE = 'wxlive.config.yaml';
/** Names that other programs use too, beside WXLIVE_…. */
const PLAIN_NAMES: Readonly<Record<string, string>> = {
  clickhouse_url: 'CLICKHOUSE_URL',
  clickhouse_user: 'CLICKHOUSE_USER',
  clickhouse_database: 'CLICKHOUSE_DATABASE',
  clickhouse_analyst_user: 'CLICKHOUSE_ANALYST_USER',
  clickhouse_cluster: 'CLICKHOUSE_CLUSTER',
  clickhouse_shard_urls: 'CLICKHOUSE_SHARD_URLS',
  kafka_brokers: 'KAFKA_BROKERS',
  kafka_tls: 'KAFKA_TLS',
  kafka_tls_ca_file: 'KAFKA_TLS_CA_FILE',
  kafka_sasl_mechanism: 'KAFKA_SASL_MECHANISM',
  kafka_sasl_username: 'KAFKA_SASL_USERNAME',
};

/** Settings that are numbers; their names end in a unit. */
const NUMBER = /_(?:port|ms|seconds|bytes|records|count|connections|per_second)$/u;
const LISTS: ReadonlySet<string> = new Set([
  'own_domains',
  'allowed_origins',
  'kafka_brokers',
  'clickhouse_shard_urls',
  'wecom_anchors',
  'css_streams',
]);

/** Reads the settings: file, then environment, then flags. A wrong one is named with what to write instead. */
export function readSettings(flags: SettingsFlags, environment: NodeJS.ProcessEnv): Settings {
  const values: Record<string, unknown> = { ...readFile(flags.config) };
  for (const name of Object.keys(settingsSchema.shape)) {
    const text = environment[`WXLIVE_${name.toUpperCase()}`] ?? environment[PLAIN_NAMES[name] ?? ''];
    if (text !== undefined && text !== '') values[name] = fromEnvironment(name, text);
  }
  if (flags.data !== undefined) values['data_dir'] = flags.data;
  if (flags.lang !== undefined) values['language'] = flags.lang;
  const parsed = settingsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.flatMap(describe);
  throw new UsageError(`设置有误 / wrong setting\n  ${lines.join('\n  ')}`);
}

/** What is wrong and what to write instead; the name of an unknown setting may be shown, it is no secret. */
function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.')}: ${issue.message}`];
  const known = Object.keys(settingsSchema.shape);
  const inside = issue.path.length > 0 ? ` (${issue.path.join('.')})` : '';
  return issue.keys.map((key) => {
    const near = inside === '' ? nearestNames(key, known) : [];
    const instead = near.length > 0 ? `；是否指 / did you mean ${near.join(', ')}?` : '';
    return `${key}${inside}: 没有这个设置 / no such setting${instead}`;
  });
}

function readFile(path: string | undefined): Record<string, unknown> {
  if (path === undefined && !existsSync(DEFAULT_FILE)) return {};
  const name = path ?? DEFAULT_FILE;
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch {
    throw new UsageError(`找不到配置文件 ${name} / no such settings file`);
  }
  const parsed = z.record(z.string(), z.unknown()).nullable().safeParse(parseYaml(text, name));
  if (!parsed.success) throw new UsageError(`${name} 应为“名称: 值”的列表 / must be a list of "name: value"`);
  return parsed.data ?? {};
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : 'not YAML'}`);
  }
}

function fromEnvironment(name: string, text: string): unknown {
  if (NUMBER.test(name)) return Number(text);
  if (LISTS.has(name)) return text.split(',').map((host) => host.trim());
  if (text.startsWith('{')) return parseYaml(text, `WXLIVE_${name.toUpperCase()}`);
  return text;
}

/** A secret from the environment: `NAME`, or the file that `NAME_FILE` names; null when neither is set, or empty. */
export function readSecret(name: string, environment: NodeJS.ProcessEnv): string | null {
  const direct = environment[name];
  if (direct !== undefined && direct !== '') return direct;
  const path = environment[`${name}_FILE`];
  if (path === undefined || path === '') return null;
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? null : text;
  } catch {
    throw new UsageError(`无法读取 ${name}_FILE 指定的文件 / cannot read the file named by ${name}_FILE`);
  }
}

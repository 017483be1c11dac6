import { createHash } from 'node:crypto';
import { escapeXml } from './config.js';
import { ANALYST, OWNER, type EngineCredentials } from './credentials.js';

/** What one analyst may take of the machine. */
export interface AnalystLimits {
  readonly memoryBytes: number;
  readonly executionSeconds: number;
  /** Spilled sorts and groupings of all their queries together. */
  readonly temporaryDiskBytes: number;
  readonly concurrentQueries: number;
}

/**
 * What `readonly = 2` would let an analyst set although it reaches past the grants: files the engine reads or writes for
 * a format (this engine is clickhouse-local inside, which does not confine paths), and ways around the limits.
 */
const LOCKED_SETTINGS = [
  'format_schema',
  'format_schema_source',
  'output_format_schema',
  'format_template_resultset',
  'format_template_row',
  'format_avro_schema_registry_url',
  'input_format_record_errors_file_path',
  'rename_files_after_processing',
  'timeout_overflow_mode',
  'max_untracked_memory',
  'memory_usage_overcommit_max_wait_microseconds',
  'allow_introspection_functions',
  'allow_experimental_ai_functions',
  'allow_experimental_eval_table_function',
  'jemalloc_enable_profiler',
] as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The engine's users.xml. `default` runs the three start-up statements: it has the grants for exactly those, and a
 * quota of three queries which they use up, because it has no password and would answer anybody on this machine. The
 * quota does not count queries of constants: those get one thread, one at a time, and little memory.
 * Their profile is not the one named default: that one is the ground of every other user's.
 * `wxlive` owns everything. `analyst` reads the public views under limits with a minimum as well as a maximum: 0 means
 * unlimited and would pass a maximum. The owner's sessions are in UTC: the views name their zone.
 */
export function usersXml(credentials: EngineCredentials, reportZone: string, limits: AnalystLimits): string {
  const loopback = '<networks><ip>127.0.0.1</ip></networks>';
  const locked = (names: readonly string[]) => names.map((name) => `<${name}><readonly/></${name}>`).join('');
  const between = (name: string, max: number) => `<${name}><min>1</min><max>${max}</max></${name}>`;
  return `<clickhouse>
  <profiles>
    <default/>
    <startup>
      <max_concurrent_queries_for_user>1</max_concurrent_queries_for_user>
      <max_memory_usage>268435456</max_memory_usage>
      <max_threads>1</max_threads>
      <constraints>
        ${locked(['max_concurrent_queries_for_user', 'max_memory_usage', 'max_threads', ...LOCKED_SETTINGS])}
      </constraints>
    </startup>
    <owner>
      <cancel_http_readonly_queries_on_client_close>1</cancel_http_readonly_queries_on_client_close>
      <async_insert>0</async_insert>
    </owner>
    <analyst>
      <readonly>2</readonly>
      <session_timezone>${escapeXml(reportZone)}</session_timezone>
      <cancel_http_readonly_queries_on_client_close>1</cancel_http_readonly_queries_on_client_close>
      <max_memory_usage>${limits.memoryBytes}</max_memory_usage>
      <max_memory_usage_for_user>${limits.memoryBytes}</max_memory_usage_for_user>
      <max_execution_time>${limits.executionSeconds}</max_execution_time>
      <max_concurrent_queries_for_user>${limits.concurrentQueries}</max_concurrent_queries_for_user>
      <max_temporary_data_on_disk_size_for_user>${limits.temporaryDiskBytes}</max_temporary_data_on_disk_size_for_user>
      <constraints>
        ${between('max_memory_usage', limits.memoryBytes)}
        ${between('max_memory_usage_for_user', limits.memoryBytes)}
        ${between('max_execution_time', limits.executionSeconds)}
        ${between('max_concurrent_queries_for_user', limits.concurrentQueries)}
        ${between('max_temporary_data_on_disk_size_for_user', limits.temporaryDiskBytes)}
        ${locked(LOCKED_SETTINGS)}
      </constraints>
    </analyst>
  </profiles>
  <quotas>
    <unlimited/>
    <startup><interval><duration>2147483647</duration><queries>3</queries></interval></startup>
  </quotas>
  <users>
    <default>
      <password></password>
      ${loopback}
      <profile>startup</profile>
      <quota>startup</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT CREATE TEMPORARY TABLE ON *.*</query>
        <query>GRANT READ ON FILE</query>
      </grants>
    </default>
    <${OWNER}>
      <password_sha256_hex>${sha256(credentials.ownerPassword)}</password_sha256_hex>
      ${loopback}
      <profile>owner</profile>
      <quota>unlimited</quota>
    </${OWNER}>
    <${ANALYST}>
      <password_sha256_hex>${sha256(credentials.analystPassword)}</password_sha256_hex>
      ${loopback}
      <profile>analyst</profile>
      <quota>unlimited</quota>
      <grants>
        <query>GRANT SELECT ON wxlive.*</query>
      </grants>
    </${ANALYST}>
  </users>
</clickhouse>
`;
}

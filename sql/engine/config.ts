import type { EngineFolder } from './folder.js';

/** The engine's own: before them stand doors. */
export interface EnginePorts {
  readonly httpPort: number;
  readonly nativePort: number;
}

/**
 * Inserts and merges are refused (code 243) when they would leave less than this on the disk. The engine does not notice
 * a failed write (write-check.ts), so it must not come to one.
 */
const KEEP_FREE_BYTES = 256 * 1024 ** 2;

/** Text as the content of an XML element. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * The engine's config.xml. No logger: error lines of ClickHouse quote queries, and the log tables do not exist in this
 * build. Pools are small: two cores are shared with the importer. Of the HTTP pages only queries and the ping stay.
 */
export function configXml(folder: EngineFolder, ports: EnginePorts, serverMemoryBytes: number): string {
  return `<clickhouse>
  <log-level>none</log-level>
  <path>${escapeXml(folder.store)}/</path>
  <tmp_path>${escapeXml(folder.store)}/tmp/</tmp_path>
  <user_files_path>${escapeXml(folder.store)}/user_files/</user_files_path>
  <format_schema_path>${escapeXml(folder.store)}/format_schemas/</format_schema_path>
  <users_config>${escapeXml(folder.users)}</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${ports.httpPort}</http_port>
  <tcp_port>${ports.nativePort}</tcp_port>
  <timezone>UTC</timezone>
  <max_server_memory_usage>${serverMemoryBytes}</max_server_memory_usage>
  <storage_configuration>
    <disks><default><keep_free_space_bytes>${KEEP_FREE_BYTES}</keep_free_space_bytes></default></disks>
  </storage_configuration>
  <mark_cache_size>268435456</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <keep_alive_timeout>30</keep_alive_timeout>
  <http_max_uri_size>16777216</http_max_uri_size>
  <http_handlers>
    <rule>
      <url>/ping</url>
      <methods>GET,HEAD</methods>
      <handler><type>static</type><status>200</status><content_type>text/plain</content_type><response_content>Ok.&#10;</response_content></handler>
    </rule>
    <rule>
      <handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>
    </rule>
  </http_handlers>
  <max_connections>256</max_connections>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <merge_tree>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;
}

/**
 * `SELECT file('/any/path')` needs no grant in this build: any user of the engine could read the folder's passwords with
 * it. A function of the same name stands in front of it; CREATE FUNCTION would refuse the name, the folder the engine
 * reads at its start does not. The table function `file` is untouched: that one asks for READ ON FILE.
 */
export const SHADOWED_FILE_FUNCTION =
  "CREATE FUNCTION file AS path -> throwIf(true, 'file() is not available here');\n";

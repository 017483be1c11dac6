import type { SqlText } from '../connection/warehouse.js';
import { hasKeeper, type ClusterSettings } from './cluster-settings.js';
import { SHARD_DATABASE, shardKey, STORE_DATABASE } from './shard-keys.js';

/** Comments and blank lines before the first word of a statement. */
const HEADING = /^(?:\s*--[^\n]*\n|\s+)*/u;
const WHOLE_TABLE = new RegExp(`\\b${STORE_DATABASE}\\.(\\w+)`, 'u');
/** What is about the columns of a table, which both its piece and the whole have; all else is about the piece. */
const ABOUT_COLUMNS = /^(?:ADD|DROP|MODIFY|RENAME|COMMENT) COLUMN\b/u;
/** Changes of stored rows, and of how they are stored. */
const ABOUT_ROWS = /^(?:UPDATE|DELETE FROM) /u;
const ENGINE = /^ENGINE = (Replacing)?MergeTree(?:\((\w*)\))?$/mu;
/** Tokens and blocks are told apart for as long as on one node, where nothing but their number ends it. */
const DEDUPLICATION = /\bnon_replicated_deduplication_window = (\d+)/u;
const REMEMBERED_SECONDS = 10 * 365 * 86_400;
/** Keeper's place of a table, by the macros that every node has. */
const REPLICA = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";

/**
 * A statement that changes tables, views or stored rows, as the nodes of a cluster run it: on each of them, or once
 * `ON CLUSTER` where there is Keeper. A storage table becomes its piece on the shard and, under the name that views and
 * loader know, a `Distributed` table over the pieces. Null for a statement that is none of these (an insert, a temporary
 * table): it goes to any node as it is.
 *
 * @throws on a change of a kind that nobody has thought of here: better than half a change on a cluster
 */
export function renderForCluster(statement: SqlText, cluster: ClusterSettings): readonly SqlText[] | null {
  const heading = HEADING.exec(statement)?.[0] ?? '';
  const body = statement.slice(heading.length);
  return bodiesOf(body, cluster)?.map((one) => `${heading}${one}` as SqlText) ?? null;
}

function bodiesOf(body: string, cluster: ClusterSettings): readonly string[] | null {
  const onCluster = hasKeeper(cluster) ? ` ON CLUSTER '${cluster.name}'` : '';
  const head = (pattern: RegExp): string | undefined => pattern.exec(body)?.[0];

  if (/^(?:INSERT INTO|SELECT|WITH|CREATE TEMPORARY TABLE) ?/u.test(body)) return null;
  const database = head(/^CREATE DATABASE IF NOT EXISTS \w+/u);
  if (database !== undefined) {
    const make = `${database}${onCluster}${body.slice(database.length)}`;
    return database.endsWith(` ${STORE_DATABASE}`)
      ? [make, `CREATE DATABASE IF NOT EXISTS ${SHARD_DATABASE}${onCluster} COMMENT 'pieces of the storage'`]
      : [make];
  }
  const view = head(/^CREATE OR REPLACE VIEW [\w.]+/u);
  if (view !== undefined) return [`${view}${onCluster}${body.slice(view.length)}`];

  const table = WHOLE_TABLE.exec(body)?.[1];
  if (table === undefined) throw unknown(body);
  const whole = `${STORE_DATABASE}.${table}`;
  const piece = `${SHARD_DATABASE}.${table}`;
  const instead = (name: string): string => body.replace(whole, `${name}${onCluster}`);

  if (ABOUT_ROWS.test(body)) return [instead(piece)];
  if (body.startsWith(`CREATE TABLE IF NOT EXISTS ${whole}\n`)) {
    const create = hasKeeper(cluster) ? replicated(instead(piece)) : instead(piece);
    const comment = /\nCOMMENT '[^\n]*'$/u.exec(body.trimEnd())?.[0] ?? '';
    return [
      create,
      `CREATE TABLE IF NOT EXISTS ${whole}${onCluster} AS ${piece}\nENGINE = Distributed('${cluster.name}', '${SHARD_DATABASE}', '${table}', ${shardKey(table)})${comment}`,
    ];
  }
  if (body.startsWith(`DROP TABLE IF EXISTS ${whole}`)) return [instead(whole), instead(piece)];
  const alter = `ALTER TABLE ${whole} `;
  if (body.startsWith(alter)) {
    return ABOUT_COLUMNS.test(body.slice(alter.length)) ? [instead(piece), instead(whole)] : [instead(piece)];
  }
  throw unknown(body);
}

/** The table with replicas: each shard's copies find one another by its macros. */
function replicated(create: string): string {
  return create
    .replace(ENGINE, (_engine, replacing: string | undefined, version: string | undefined) => {
      const column = version === undefined || version === '' ? '' : `, ${version}`;
      return `ENGINE = Replicated${replacing ?? ''}MergeTree(${REPLICA}${column})`;
    })
    .replace(
      DEDUPLICATION,
      `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${String(REMEMBERED_SECONDS)}`,
    );
}

function unknown(body: string): Error {
  return new Error(
    `sql/cluster/render-cluster.ts does not know how a cluster runs this statement: ${body.split('\n', 1)[0] ?? ''}`,
  );
}

import type { z } from 'zod';
import type { QueryOptions, SqlParameters, SqlText, Warehouse } from '../connection/warehouse.js';
import { loadSql } from '../query-file.js';
import { hasKeeper, type ClusterSettings } from './cluster-settings.js';
import { renderForCluster } from './render-cluster.js';
import { SHARD_DATABASE, STORE_DATABASE } from './shard-keys.js';

/**
 * A cluster as one warehouse. Rows go in and are read through any node, by the `Distributed` tables; what changes stored
 * rows in place goes to the pieces of every shard.
 *
 * @param entry the node that is asked
 * @param shards a connection to a node of every shard; none where the cluster has Keeper
 */
export function openCluster(
  entry: Warehouse,
  shards: readonly Warehouse[],
  cluster: ClusterSettings,
): Warehouse {
  const nodes = hasKeeper(cluster)
    ? [asNode(entry, cluster, false)]
    : shards.map((shard) => asNode(shard, cluster, true));

  function whole(inner: Warehouse): Warehouse {
    return {
      mode: inner.mode,
      cluster: { settings: cluster, nodes },
      query: (sql, row, parameters, options) =>
        inner.query(...askedEverywhere(sql, row, parameters, options, cluster)),
      stream: (sql, format, parameters, options) => inner.stream(sql, format, parameters, options),
      insert: (request) => inner.insert(request),
      async command(sql, parameters, options) {
        if (renderForCluster(sql, cluster) === null) await inner.command(sql, parameters, options);
        else for (const node of nodes) await node.command(sql, parameters, options);
      },
      session: (work) => inner.session((session) => work(whole(session))),
      ping: () => inner.ping(),
      async close() {
        await Promise.all([entry, ...shards].map((one) => one.close()));
      },
    };
  }
  return whole(entry);
}

/**
 * One place where migrations run. Of a cluster without Keeper that is a node, with its own book of what was run there:
 * the storage is its piece alone. With Keeper it is the whole cluster.
 */
function asNode(inner: Warehouse, cluster: ClusterSettings, ownBook: boolean): Warehouse {
  const own = (text: string): string =>
    ownBook ? text.replaceAll(`${STORE_DATABASE}.`, `${SHARD_DATABASE}.`) : text;
  return {
    ...inner,
    query: (sql, row, parameters, options) => inner.query(own(sql) as SqlText, row, parameters, options),
    insert: (request) =>
      inner.insert('table' in request ? { ...request, table: own(request.table) } : request),
    async command(sql, parameters, options) {
      const statements = renderForCluster(sql, cluster);
      // On every node it would happen as often as there are nodes.
      if (statements === null)
        throw new Error('a migration that moves rows has to say how a cluster does it (sql/cluster)');
      for (const statement of statements) await inner.command(statement, parameters, options);
    },
  };
}

/** What one node's own books say is asked of all of them. */
function askedEverywhere<Row extends z.ZodType>(
  sql: SqlText,
  row: Row,
  parameters: SqlParameters | undefined,
  options: QueryOptions | undefined,
  cluster: ClusterSettings,
): [SqlText, Row, SqlParameters | undefined, QueryOptions | undefined] {
  if (sql !== loadSql('load/writes-running')) return [sql, row, parameters, options];
  return [loadSql('cluster/writes-running'), row, { cluster: cluster.name }, options];
}

import { z } from 'zod';
import { WarehouseError, type Warehouse, type WarehouseCluster } from '../connection/warehouse.js';
import { loadSql } from '../query-file.js';
import { hasKeeper } from './cluster-settings.js';

const shapeRow = z.object({ weights: z.array(z.coerce.number()) });
const countRow = z.object({ tables: z.coerce.number() });
const pieceRow = z.object({ piece: z.string() });

/**
 * The cluster in words that stay the same as long as every row is found on the shard where it was put: its name and the
 * weights of its shards, in order.
 *
 * @throws when the server does not know the cluster, or a node of it holds a warehouse that was made for one node
 */
export async function clusterShape(warehouse: Warehouse): Promise<string> {
  const { settings, nodes } = clusterOf(warehouse);
  const [shape] = await warehouse.query(loadSql('cluster/shape'), shapeRow, { cluster: settings.name });
  const weights = shape?.weights ?? [];
  if (weights.length === 0) {
    throw new WarehouseError(
      `the server knows no cluster "${settings.name}": name it under remote_servers on every node, or correct clickhouse_cluster`,
      null,
      false,
    );
  }
  for (const node of nodes) {
    const [plain] = await node.query(loadSql('cluster/plain-tables'), countRow);
    if ((plain?.tables ?? 0) === 0) continue;
    throw new WarehouseError(
      'a node holds a warehouse that was made without clickhouse_cluster; unset it, or use a server without databases of wxlive',
      null,
      false,
    );
  }
  return `cluster ${settings.name} with shards of weight ${weights.join(', ')}`;
}

/**
 * That what is said to each of `clickhouse_shard_urls` reaches every node that `remote_servers` asks, and no other:
 * else a change of stored rows would leave some as they were.
 */
export async function checkPieces(warehouse: Warehouse): Promise<void> {
  const { settings, nodes } = clusterOf(warehouse);
  if (hasKeeper(settings)) return;
  const all = await warehouse.query(loadSql('cluster/pieces'), pieceRow, { cluster: settings.name });
  const reached: string[] = [];
  for (const node of nodes)
    for (const { piece } of await node.query(loadSql('cluster/piece'), pieceRow)) reached.push(piece);
  const same = all.length === reached.length && all.every(({ piece }) => reached.includes(piece));
  if (same && new Set(reached).size === reached.length) return;
  throw new WarehouseError(
    `clickhouse_shard_urls must name every node of cluster "${settings.name}" once: remote_servers leads to ${String(all.length)} nodes, the addresses to ${String(new Set(reached).size)} of ${String(reached.length)}`,
    null,
    false,
  );
}

function clusterOf(warehouse: Warehouse): WarehouseCluster {
  if (warehouse.cluster === undefined) throw new TypeError('the warehouse is one node');
  return warehouse.cluster;
}

import type { Settings } from '../schemas/index.js';
import type { ClusterSettings } from '../sql/index.js';
import { UsageError } from './exit-codes.js';

/** The cluster of the settings, undefined without one. A half-said one is named before anything starts. */
export function clusterSettings(settings: Settings): ClusterSettings | undefined {
  const { clickhouse_cluster: name, clickhouse_shard_urls: shardUrls } = settings;
  if (name === undefined) {
    if (shardUrls.length === 0) return undefined;
    throw new UsageError(
      '设置了 CLICKHOUSE_SHARD_URLS，还需用 CLICKHOUSE_CLUSTER 指定 remote_servers 中的集群名 / CLICKHOUSE_SHARD_URLS needs CLICKHOUSE_CLUSTER, the name of the cluster under remote_servers',
    );
  }
  if (settings.clickhouse_url === undefined) {
    throw new UsageError(
      '设置了 CLICKHOUSE_CLUSTER，还需用 CLICKHOUSE_URL 指定集群的一个节点 / CLICKHOUSE_CLUSTER needs CLICKHOUSE_URL, the address of a node of the cluster',
    );
  }
  return { name, shardUrls };
}

/** For what copies the storage table by table: on a cluster each node holds only its piece. */
export function refuseCluster(settings: Settings): void {
  if (settings.clickhouse_cluster === undefined) return;
  throw new UsageError(
    'wxlive backup 和 restore 只用于单节点：集群请用 ClickHouse 自己的 BACKUP … ON CLUSTER，或逐节点备份磁盘 / wxlive backup and restore are for one node: back up a cluster by the BACKUP … ON CLUSTER of ClickHouse itself, or the disk of each node',
  );
}

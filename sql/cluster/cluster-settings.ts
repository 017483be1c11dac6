/** A ClickHouse cluster as the settings name it. */
export interface ClusterSettings {
  /** Name under `remote_servers`, on every node. */
  readonly name: string;
  /**
   * HTTP address of every shard, one node each: statements that change tables run there one after the other. Empty where
   * the cluster has Keeper: then tables are replicated and such statements run `ON CLUSTER`.
   */
  readonly shardUrls: readonly string[];
}

/** Whether the cluster has Keeper: tables are replicated, statements that change them run `ON CLUSTER`. */
export function hasKeeper(cluster: ClusterSettings): boolean {
  return cluster.shardUrls.length === 0;
}

type ConnectionSettings = Readonly<Record<string, string | number>>;

/**
 * What every statement of a connection needs so that the shards answer as one: a subquery beside a distributed table is
 * computed once and sent along (`GLOBAL`), temporary tables of the session included; a shard that is away is an error
 * and never a smaller figure.
 */
const READING: ConnectionSettings = {
  distributed_product_mode: 'global',
  prefer_global_in_and_join: 1,
  skip_unavailable_shards: 0,
};

/**
 * Acknowledged means stored on its shard, and `INSERT … SELECT` sends each row to the shard of its key: by default the
 * engine would have every shard insert what it selects into itself.
 */
const WRITING: ConnectionSettings = {
  distributed_foreground_insert: 1,
  parallel_distributed_insert_select: 0,
  insert_distributed_one_random_shard: 0,
};

/**
 * With replicas: acknowledged means on the majority (of two, both), and who is asked first is the same for all. A change
 * of rows may look into another table, which is the same on every replica.
 */
const REPLICATED: ConnectionSettings = {
  insert_quorum: 'auto',
  load_balancing: 'in_order',
  allow_nondeterministic_mutations: 1,
};

/** Settings of the owner's or the analyst's connection to a cluster. */
export function connectionSettings(cluster: ClusterSettings, as: 'owner' | 'analyst'): ConnectionSettings {
  if (as === 'analyst') return READING;
  return { ...READING, ...WRITING, ...(hasKeeper(cluster) ? REPLICATED : {}) };
}

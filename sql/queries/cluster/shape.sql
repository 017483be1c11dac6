-- one row: the weights of the shards of a cluster, in order; empty when the server knows no such cluster
SELECT arrayMap(shard -> shard.2, arraySort(groupUniqArray((shard_num, shard_weight)))) AS weights
FROM system.clusters
WHERE cluster = {cluster:String}

-- one row a node of the cluster: by what it is known, the id of a table on it
SELECT toString(uuid) AS piece
FROM clusterAllReplicas({cluster:String}, system.tables)
WHERE database = 'wxlive_shard' AND name = 'warehouse_ledger'

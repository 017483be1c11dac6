-- one row: by what this node is known, the id of a table on it
SELECT toString(uuid) AS piece
FROM system.tables
WHERE database = 'wxlive_shard' AND name = 'warehouse_ledger'

-- one row a table of the storage but the one that says whose turn it is to load; last the one that says that a restore is under way
SELECT name
FROM system.tables
WHERE database = 'wxlive_store' AND name != {lease:String}
ORDER BY name = 'warehouse_ledger', name

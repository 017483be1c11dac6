-- one row: tables of the storage that are no whole of pieces: those of a warehouse of one node
SELECT count() AS tables
FROM system.tables
WHERE database = 'wxlive_store' AND engine LIKE '%MergeTree'

-- one row a table of the storage: its columns in their order, and its bytes on the disk
SELECT tables.name AS table, assumeNotNull(tables.total_bytes) AS bytes,
    arrayMap(one -> (one.2, one.3), arraySort(groupArray((columns.position, columns.name, columns.type)))) AS columns
FROM system.tables AS tables
INNER JOIN system.columns AS columns ON columns.database = tables.database AND columns.table = tables.name
WHERE tables.database = 'wxlive_store' AND endsWith(tables.engine, 'MergeTree') AND columns.default_kind NOT IN ('ALIAS', 'MATERIALIZED')
GROUP BY table, bytes
ORDER BY table

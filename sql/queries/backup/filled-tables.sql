-- one row a table that holds rows; the ledger of the warehouse about itself holds some before anything was imported
SELECT name AS table, assumeNotNull(total_rows) AS rows
FROM system.tables
WHERE database = 'wxlive_store' AND total_rows > 0 AND name != 'warehouse_ledger'
ORDER BY name

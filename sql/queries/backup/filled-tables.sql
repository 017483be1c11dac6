-- one row a table that holds rows; the ledgers of the warehouse about itself and about whose turn it is hold some before anything was imported
SELECT name AS table, assumeNotNull(total_rows) AS rows
FROM system.tables
WHERE database = 'wxlive_store' AND total_rows > 0 AND name NOT IN ('warehouse_ledger', 'loader_lease_ledger')
ORDER BY name

-- one row a thing the warehouse remembers about itself
SELECT name, value
FROM wxlive_store.warehouse_ledger FINAL

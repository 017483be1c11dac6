-- one row a mark of the scheduler: how far it has planned a report, how far it has seen changes
SELECT name, argMax(value, written_at) AS value
FROM wxlive_store.warehouse_ledger
WHERE startsWith(name, 'scheduler:')
GROUP BY name

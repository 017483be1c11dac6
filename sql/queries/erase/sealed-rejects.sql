-- one row a reject whose original is kept
SELECT reject_id, sealed
FROM wxlive_store.rejects_store
WHERE sealed != ''
ORDER BY reject_id

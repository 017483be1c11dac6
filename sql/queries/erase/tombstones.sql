-- one row a tombstone, in milliseconds
SELECT toString(hash) AS hash, toUnixTimestamp64Milli(max(through)) AS through
FROM wxlive_store.tombstones_store
GROUP BY hash

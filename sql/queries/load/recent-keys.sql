-- one row a key of the batch that was accepted in the last 35 days
SELECT key_hash, stated_ms, content_hash
FROM wxlive_store.recent_keys_store
WHERE key_hash IN (SELECT key_hash FROM batch_keys)
    AND received_at >= now('UTC') - INTERVAL 35 DAY

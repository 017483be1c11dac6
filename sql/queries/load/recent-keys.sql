-- one row a key of the batch that was accepted in the last 35 days; the hash of a key is its lower 80 bits
SELECT key_hash, stated_ms, content_hash
FROM wxlive_store.recent_keys_store
WHERE key_hash IN (SELECT bitAnd(event_key, toUInt128('1208925819614629174706175')) FROM batch_keys)
    AND received_at >= now('UTC') - INTERVAL 35 DAY

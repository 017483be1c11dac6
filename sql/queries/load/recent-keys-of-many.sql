-- one row a key of the batch that was accepted in the last 35 days, and chance likenesses in the lower 32 bits of the hash: for so many keys that none of the store's granules could be left out
SELECT key_hash, stated_ms, content_hash
FROM wxlive_store.recent_keys_store
PREWHERE toUInt32(key_hash) IN (SELECT toUInt32(event_key) FROM batch_keys)
WHERE received_at >= now('UTC') - INTERVAL 35 DAY

-- no row: keys of events that an interrupted batch had stored but not remembered, so that the same event under another time is known
INSERT INTO wxlive_store.recent_keys_store (key_hash, stated_ms, content_hash, received_at, batch_seq)
SELECT key_hash, stated_ms, 0, toDateTime(received_at, 'UTC'), batch_seq
FROM
(
    SELECT bitAnd(event_key, toUInt128('1208925819614629174706175')) AS key_hash, toUnixTimestamp64Milli(stated_time) AS stated_ms, received_at, batch_seq
    FROM wxlive_store.events_store
    WHERE batch_seq IN {batches:Array(UInt64)}
    UNION ALL
    SELECT bitAnd(fact_key, toUInt128('1208925819614629174706175')), toUnixTimestamp64Milli(stated_time), received_at, batch_seq
    FROM wxlive_store.order_facts_store
    WHERE batch_seq IN {batches:Array(UInt64)} AND fact_key != 0
)
WHERE key_hash NOT IN (SELECT key_hash FROM wxlive_store.recent_keys_store WHERE batch_seq IN {batches:Array(UInt64)})

-- one row a key of the batch that stands in the facts (also older than 35 days, and when a kill came before its recent key)
SELECT event_key
FROM wxlive_store.events_store
WHERE event_key IN (SELECT event_key FROM batch_keys)
    AND event_time BETWEEN fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
UNION ALL
SELECT fact_key
FROM wxlive_store.order_facts_store
WHERE fact_key IN (SELECT event_key FROM batch_keys)

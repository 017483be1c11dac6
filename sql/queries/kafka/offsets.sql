-- one row a partition: the last range of it
SELECT topic, partition, first_offset, last_offset, state, fingerprint
FROM wxlive_store.kafka_offsets_ledger FINAL
WHERE cluster = {cluster:String}

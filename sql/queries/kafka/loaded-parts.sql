-- one row a message of these batches that is loaded
SELECT batch_seq, part
FROM wxlive_store.batch_parts_store FINAL
WHERE batch_seq IN {batches:Array(UInt64)}

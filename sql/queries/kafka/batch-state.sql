-- one row: how a batch stands
SELECT state, rows, accepted, duplicates, rejected, held, conflicts, seconds
FROM wxlive_store.batches_ledger FINAL
WHERE batch_seq = {batch:UInt64}

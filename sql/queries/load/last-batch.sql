-- one row: the greatest batch number there is
SELECT max(batch_seq) AS batch_seq
FROM wxlive_store.batches_ledger

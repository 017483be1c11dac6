-- one row a batch whose loader ended before it could say how the batch ended
SELECT batch_seq, adapter
FROM wxlive_store.batches_ledger FINAL
WHERE state = 'loading'

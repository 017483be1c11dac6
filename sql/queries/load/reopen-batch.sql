-- no row: says of a batch that it is loading again, after another loader took it for interrupted
INSERT INTO wxlive_store.batches_ledger
    (batch_seq, batch_id, file, sha256, adapter, account, rows, accepted, duplicates, rejected, held, conflicts, state, newer_by, started_at, seconds, written_at)
SELECT
    batch_seq, batch_id, file, sha256, adapter, account, rows, accepted, duplicates, rejected, held, conflicts, 'loading', newer_by, started_at, seconds, now64(3, 'UTC')
FROM wxlive_store.batches_ledger FINAL
WHERE batch_seq = {batch:UInt64}

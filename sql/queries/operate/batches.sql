-- one row a file or flush, newest first
SELECT batch_id, file, sha256, adapter, account, rows, accepted, duplicates, rejected, held, conflicts, state, newer_by, started_at, seconds
FROM wxlive.batches
WHERE {batch:String} = '' OR batch_id = {batch:String}
ORDER BY started_at DESC, batch_id DESC
LIMIT {limit:UInt32}

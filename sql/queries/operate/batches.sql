-- one row a file or flush, newest first
-- (counts as numbers: 64-bit integers would come as text)
SELECT batch_id, file, sha256, adapter, account, toFloat64(rows) AS rows, toFloat64(accepted) AS accepted, toFloat64(duplicates) AS duplicates,
    toFloat64(rejected) AS rejected, toFloat64(held) AS held, toFloat64(conflicts) AS conflicts, state, newer_by, started_at, seconds
FROM wxlive.batches
WHERE {batch:String} = '' OR batch_id = {batch:String}
ORDER BY started_at DESC, batch_id DESC
LIMIT {limit:UInt32}

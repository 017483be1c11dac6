-- one row: when the bytes of a file were imported first, in milliseconds, null when they never were; the batches that did, the first thousand of them
SELECT
    minOrNull(toUnixTimestamp64Milli(started_at)) AS at,
    groupArraySorted(1000)(batch_seq) AS batches
FROM wxlive_store.batches_ledger FINAL
WHERE sha256 = {sha256:String} AND adapter = {adapter:String} AND account = {account:String} AND state = 'loaded'

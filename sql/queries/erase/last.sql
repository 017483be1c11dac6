-- one row an erasure of the person, the last first
SELECT erasure_seq, state, removed, blanked, toUnixTimestamp64Milli(began_at) AS began_at
FROM wxlive_store.erasures_ledger FINAL
WHERE tombstone = {tombstone:String}
ORDER BY erasure_seq DESC
LIMIT 1

-- one row a list of this batch: rows that were new or other than before it
SELECT account, room_id AS live_id, scope, changed
FROM wxlive_store.restatements_store FINAL
WHERE batch_seq = {batch:UInt64} AND kind = 'attendance'

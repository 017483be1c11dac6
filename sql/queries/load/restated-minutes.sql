-- one row a room and source of minutes: what a batch has written down of them
SELECT platform, account, room_id, scope AS source, outcome, rows, rows_before,
    toUnixTimestamp64Milli(exported_at) AS exported_at, toUnixTimestamp64Milli(exported_before) AS exported_before
FROM wxlive_store.restatements_store FINAL
WHERE batch_seq = {batch:UInt64} AND kind = 'minutes'

-- one row a room and source of minutes, of the rooms of a batch: how many minutes count, how many of them a batch has told, and when the newest was exported
SELECT platform, account, room_id, source, count() AS rows, countIf(batch_seq = {batch:UInt64}) AS own_rows, toUnixTimestamp64Milli(max(exported_at)) AS exported_at
FROM wxlive_store.minutes_store FINAL
WHERE room_id IN {rooms:Array(String)}
GROUP BY platform, account, room_id, source

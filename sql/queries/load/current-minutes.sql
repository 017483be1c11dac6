-- one row a minute figure that counts, of the rooms of a batch
SELECT platform, account, room_id, source, toUnixTimestamp64Milli(minute) AS minute, online, viewers, views, viewers_new, likes, comments, shares, requests,
    flux_mb, bandwidth_mbps, toUnixTimestamp64Milli(exported_at) AS exported_at, revision, batch_seq
FROM wxlive_store.minutes_store FINAL
WHERE room_id IN {rooms:Array(String)}

-- one row a minute figure that counts, of the rooms of a batch and between its first and last minute
SELECT platform, account, room_id, source, toUnixTimestamp64Milli(minute) AS minute, online, viewers, views, viewers_new, likes, comments, shares, requests,
    flux_mb, bandwidth_mbps, toUnixTimestamp64Milli(exported_at) AS exported_at, revision
FROM wxlive_store.minutes_store FINAL
WHERE room_id IN {rooms:Array(String)}
    AND minutes_store.minute BETWEEN fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')

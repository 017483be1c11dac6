-- one row a live and scope: the list that counts
SELECT account, live_id, scope, snapshot, toUnixTimestamp64Milli(exported_at) AS exported_at
FROM wxlive_store.attendance_heads_store FINAL
WHERE live_id IN {lives:Array(String)}

-- one row what a source says of a broadcast
SELECT platform, account, room_id, live_id, told_by, title, anchor, toUnixTimestamp64Milli(planned_start) AS planned_start, toUnixTimestamp64Milli(planned_end) AS planned_end, toUnixTimestamp64Milli(started_at) AS started_at, toUnixTimestamp64Milli(ended_at) AS ended_at, status, viewer_count, comment_count, batch_seq
FROM wxlive_store.lives_store FINAL

-- one row a room
SELECT platform, account, room_id, title, anchor, toUnixTimestamp64Milli(start_at) AS start_at, toUnixTimestamp64Milli(end_at) AS end_at, status, batch_seq
FROM wxlive_store.rooms_store FINAL

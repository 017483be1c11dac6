-- one row a list or a room's minutes of a batch: how it met what was there
SELECT kind, platform, account, room_id, scope, outcome, toUInt32(rows) AS rows, toUInt32(rows_before) AS rows_before,
    toUInt32(changed) AS changed, toUInt32(vanished) AS vanished, kept_scope, exported_at, exported_before
FROM wxlive.restatements
WHERE batch_id = {batch:String}
ORDER BY kind, account, room_id, scope

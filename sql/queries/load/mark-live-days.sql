-- no row: marks the past days that batches changed: the days of lives whose list, sign-ins, bounds or title they changed
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT toDate(assumeNotNull(begun.at), {zone:String}) AS changed_day, told.platform, told.account, told.source, told.batch_seq, 'changed', now64(3, 'UTC')
FROM
(
    SELECT batch_seq, platform, account, room_id, 'lives' AS source FROM wxlive_store.lives_store FINAL WHERE batch_seq IN {batches:Array(UInt64)}
    UNION ALL
    SELECT batch_seq, platform, account, room_id, 'rooms' FROM wxlive_store.rooms_store FINAL WHERE batch_seq IN {batches:Array(UInt64)}
    UNION ALL
    SELECT batch_seq, 'wecom', account, live_id, 'wecom-signin' FROM wxlive_store.sign_ins_store FINAL WHERE batch_seq IN {batches:Array(UInt64)}
    UNION ALL
    SELECT batch_seq, platform, account, room_id, 'wecom-watch'
    FROM wxlive_store.restatements_store FINAL
    WHERE batch_seq IN {batches:Array(UInt64)} AND kind = 'attendance' AND outcome NOT IN ('held', 'older') AND changed + vanished > 0
) AS told
INNER JOIN
(
    SELECT platform, account, arrayJoin(arrayDistinct([toString(room_id), toString(live_id)])) AS place, started_at AS at FROM wxlive_store.live_rows
    UNION ALL
    -- A live whose start nobody tells counts on the day of its first watcher.
    SELECT 'wecom', account, toString(live_id), min(first_enter_at) FROM wxlive_store.attendance_store FINAL GROUP BY account, live_id
) AS begun ON begun.platform = told.platform AND begun.account = told.account AND begun.place = told.room_id
WHERE begun.at IS NOT NULL AND changed_day < toDate(now(), {zone:String})

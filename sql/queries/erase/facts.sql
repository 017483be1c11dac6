-- one row a table, platform, account and day: what is stored of the person
SELECT 'events_store' AS table, platform, account, min(toUnixTimestamp64Milli(event_time)) AS at, count() AS rows, max(toUnixTimestamp64Milli(stated_time)) AS through
FROM wxlive_store.events_store
WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}
GROUP BY platform, account, toDate(event_time, {zone:String})
UNION ALL
SELECT 'order_facts_store', platform, account, min(toUnixTimestamp64Milli(event_time)), count(), max(toUnixTimestamp64Milli(stated_time))
FROM wxlive_store.order_facts_store
WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}
    OR (viewer = toUUID('00000000-0000-0000-0000-000000000000')
        AND order_id IN (SELECT order_id FROM wxlive_store.order_facts_store WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)})
        AND (account_stated = 0 OR (account, order_id) IN (SELECT account, order_id FROM wxlive_store.order_facts_store WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)})))
GROUP BY platform, account, toDate(event_time, {zone:String})
UNION ALL
SELECT 'attendance_store', 'wecom', stored.account, min(coalesce(lives.began, 0)), count(), max(coalesce(toUnixTimestamp64Milli(stored.last_leave_at), lives.began, 0))
FROM wxlive_store.attendance_store AS stored
LEFT JOIN (SELECT account, live_id, toUnixTimestamp64Milli(min(started_at)) AS began FROM wxlive_store.lives_store FINAL WHERE platform = 'wecom' GROUP BY account, live_id) AS lives
    ON lives.account = stored.account AND lives.live_id = stored.live_id
WHERE stored.viewer IN {members:Array(UUID)} OR stored.viewer_key IN {members:Array(UUID)}
GROUP BY stored.account, stored.live_id

-- one row a platform, account and source that delivered in the last 28 days: the newest instant it told of, UTC seconds
SELECT platform, account, 'events' AS source, toUnixTimestamp64Milli(max(event_time)) / 1000 AS watermark
FROM wxlive.events
WHERE event_time >= now() - INTERVAL 28 DAY AND adapter != 'orders'
GROUP BY platform, account
UNION ALL
SELECT platform, account, 'minutes', toUnixTimestamp64Milli(max(exported_at)) / 1000
FROM wxlive.minutes
WHERE minute >= now() - INTERVAL 28 DAY
GROUP BY platform, account
UNION ALL
SELECT 'wecom', account, 'wecom-watch', toUnixTimestamp64Milli(max(exported_at)) / 1000
FROM wxlive_store.attendance_heads_store FINAL
WHERE exported_at >= now() - INTERVAL 28 DAY
GROUP BY account

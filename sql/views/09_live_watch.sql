-- one row a live, day and viewer: seconds watched
CREATE OR REPLACE VIEW wxlive_store.live_watch
AS
SELECT
    platform, account, room_id, live_id, toDate(seen_from, '{{zone}}') AS day, viewer,
    sum(toUnixTimestamp64Milli(seen_to) - toUnixTimestamp64Milli(seen_from)) / 1000 AS watch_seconds
FROM wxlive_store.live_stretches
GROUP BY platform, account, room_id, live_id, day, viewer

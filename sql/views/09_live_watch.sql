-- one row a live, day and viewer: seconds watched within the live's bounds (the whole stretch where nobody tells them)
CREATE OR REPLACE VIEW wxlive_store.live_watch
AS
SELECT
    platform, account, room_id, live_id, toDate(seen_from, '{{zone}}') AS day, viewer,
    sum(toUnixTimestamp64Milli(seen_to) - toUnixTimestamp64Milli(seen_from)) / 1000 AS watch_seconds
FROM
(
    SELECT
        stretch.platform AS platform, stretch.account AS account, stretch.room_id AS room_id, viewer,
        live.live_id != '' AND watched_from < ifNull(live.ended_at, watched_to) AS within,
        live.live_id != '' AND toDate(live.started_at, '{{zone}}') = toDate(watched_from, '{{zone}}') AS after_the_live,
        if(within, live.live_id, concat(toString(stretch.room_id), '@', toString(toDate(watched_from, '{{zone}}')))) AS live_id,
        if(within, greatest(watched_from, live.started_at), watched_from) AS seen_from,
        if(within, least(watched_to, ifNull(live.ended_at, watched_to)), watched_to) AS seen_to
    FROM wxlive_store.watch_intervals AS stretch
    ASOF LEFT JOIN
    (
        SELECT platform, account, room_id, live_id, assumeNotNull(started_at) AS started_at, ended_at
        FROM wxlive_store.live_rows
        WHERE started_at IS NOT NULL
    ) AS live
        ON stretch.platform = live.platform AND stretch.account = live.account AND stretch.room_id = live.room_id
        AND stretch.watched_to > live.started_at
)
WHERE within OR NOT after_the_live
GROUP BY platform, account, room_id, live_id, day, viewer

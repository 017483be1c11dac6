-- one row a live of the period, largest audience first within its platform, beside the live before of the same account and platform
WITH
    daily AS
    (
        SELECT
            platform, account, room_id, live_id, min(day) AS first_day,
            max(viewers) AS viewers, sum(views) AS views, sum(watch_seconds) AS watch_seconds, sum(likes) AS likes, sum(comments) AS comments,
            sum(goods_clicks) AS goods_clicks, sum(orders) AS orders, sum(gmv_fen) AS gmv_fen, sum(refund_fen) AS refund_fen
        FROM wxlive.live_daily
        WHERE day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
        GROUP BY platform, account, room_id, live_id
    ),
    placed AS
    (
        SELECT
            daily.*,
            if(live.title != '', live.title, daily.room_id) AS live_title,
            ifNull(live.started_at, toDateTime64(daily.first_day, 3, {zone:String})) AS begun
        FROM daily
        LEFT JOIN (SELECT platform, account, live_id, title, started_at FROM wxlive.lives) AS live
            ON daily.platform = live.platform AND daily.account = live.account AND daily.live_id = live.live_id
    ),
    compared AS
    (
        SELECT
            *,
            lagInFrame(viewers, 1, CAST(NULL, 'Nullable(Int64)'))
                OVER (PARTITION BY platform, account ORDER BY begun, live_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS viewers_before
        FROM placed
        WHERE NOT endsWith(live_id, concat('@', toString(first_day)))
    )
SELECT
    transform(toString(platform), ['miniprogram', 'kandian', 'wecom'], {platform_names:Array(String)}, toString(platform)) AS platform_name,
    live_title AS title,
    viewers,
    if(viewers_before > 0, (viewers - viewers_before) / viewers_before, NULL) AS viewers_change,
    views,
    if(viewers > 0, watch_seconds / viewers, NULL) AS average_watch_seconds,
    likes, comments, goods_clicks, orders, gmv_fen, refund_fen
FROM compared
WHERE first_day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
ORDER BY transform(toString(platform), ['miniprogram', 'kandian', 'wecom'], [1, 2, 3], 4), viewers DESC, title

-- one row a live of the period, largest audience first within its platform, beside the live before of the same account, that of the same weekday a week before, and its targets
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
        -- Days of a room nobody tells the lives of are no lives.
        WHERE NOT endsWith(daily.live_id, concat('@', toString(daily.first_day)))
    ),
    compared AS
    (
        SELECT
            *,
            lagInFrame(viewers, 1, CAST(NULL, 'Nullable(Int64)'))
                OVER (PARTITION BY platform, account ORDER BY begun, live_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS viewers_before,
            lagInFrame(gmv_fen, 1, CAST(NULL, 'Nullable(Int64)'))
                OVER (PARTITION BY platform, account ORDER BY begun, live_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS gmv_before
        FROM placed
    ),
    week_before AS
    (
        -- Of several lives of an account on a day the largest.
        SELECT
            platform, account, first_day + INTERVAL 7 DAY AS compared_day,
            argMax(viewers, ifNull(viewers, 0)) AS viewers_week_before,
            argMax(gmv_fen, ifNull(viewers, 0)) AS gmv_week_before
        FROM placed
        GROUP BY platform, account, first_day
    ),
    aims AS
    (
        SELECT
            platform, room, period,
            maxIf(target, metric = 'viewers') AS viewers_target,
            maxIf(target, metric = 'gmv_fen') AS gmv_target
        FROM wxlive.targets
        WHERE platform IS NOT NULL AND room IS NOT NULL AND channel IS NULL AND metric IN ('viewers', 'gmv_fen')
        GROUP BY platform, room, period
    )
SELECT
    transform(toString(compared.platform), ['miniprogram', 'kandian', 'wecom'], {platform_names:Array(String)}, toString(compared.platform)) AS platform_name,
    live_title AS title,
    viewers,
    if(viewers_before > 0, (viewers - viewers_before) / viewers_before, NULL) AS viewers_change,
    if(viewers_week_before > 0, (viewers - viewers_week_before) / viewers_week_before, NULL) AS viewers_weekday_change,
    if(viewers_target > 0, viewers / viewers_target, NULL) AS viewers_target_share,
    views,
    if(viewers > 0, watch_seconds / viewers, NULL) AS average_watch_seconds,
    likes, comments, goods_clicks, orders, gmv_fen,
    if(gmv_before > 0, (gmv_fen - gmv_before) / gmv_before, NULL) AS gmv_change,
    if(gmv_week_before > 0, (gmv_fen - gmv_week_before) / gmv_week_before, NULL) AS gmv_weekday_change,
    if(gmv_target > 0, gmv_fen / gmv_target, NULL) AS gmv_target_share,
    refund_fen
FROM compared
LEFT JOIN week_before
    ON compared.platform = week_before.platform AND compared.account = week_before.account AND compared.first_day = week_before.compared_day
LEFT JOIN aims
    ON toString(compared.platform) = toString(aims.platform) AND compared.room_id = aims.room AND toString(compared.first_day) = aims.period
WHERE first_day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
ORDER BY transform(toString(compared.platform), ['miniprogram', 'kandian', 'wecom'], [1, 2, 3], 4), viewers DESC, title

-- one row a live and day
CREATE OR REPLACE VIEW wxlive.live_daily
(
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一 | room, unique within its account',
    live_id String COMMENT '场次 | live',
    day Date COMMENT '日期 | day',
    viewers Nullable(Int64) COMMENT '{{metric:viewers}}',
    views Nullable(Int64) COMMENT '{{metric:views}}',
    watch_seconds Nullable(Float64) COMMENT '{{metric:watch_seconds}}',
    likes Nullable(Int64) COMMENT '{{metric:likes}}',
    comments Nullable(Int64) COMMENT '{{metric:comments}}',
    shares Nullable(Int64) COMMENT '{{metric:shares}}',
    goods_clicks Nullable(Int64) COMMENT '{{metric:goods_clicks}}',
    buyers Nullable(Int64) COMMENT '{{metric:buyers}}',
    orders Nullable(Int64) COMMENT '{{metric:orders}}',
    gmv_fen Nullable(Int64) COMMENT '{{metric:gmv_fen}}',
    refund_fen Nullable(Int64) COMMENT '{{metric:refund_fen}}'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    tracked AS
    (
        SELECT
            platform, account, room_id, live_id, day,
            uniqExactIf(viewer, event = 'live_enter') AS viewers,
            countIf(event = 'live_enter') AS views,
            countIf(event = 'live_like') AS likes,
            countIf(event = 'live_comment') AS comments,
            countIf(event = 'live_share') AS shares,
            countIf(event = 'goods_click') AS goods_clicks,
            uniqExactIf(viewer, event = 'order_pay') AS buyers,
            countIf(event = 'order_pay') AS orders,
            sumIf(ifNull(amount_fen, 0), event = 'order_pay') AS gmv_fen,
            sumIf(ifNull(amount_fen, 0), event = 'order_refund') AS refund_fen
        FROM wxlive_store.live_events
        GROUP BY platform, account, room_id, live_id, day
    ),
    watched AS
    (
        SELECT platform, account, room_id, live_id, day, sum(seen.watch_seconds) AS watch_seconds
        FROM wxlive_store.live_watch AS seen
        GROUP BY platform, account, room_id, live_id, day
    ),
    exported AS
    (
        SELECT
            figures.platform AS platform, figures.account AS account, figures.room_id AS room_id, live.live_id AS live_id,
            toDate(figures.minute, '{{zone}}') AS day,
            sum(figures.views) AS views, sum(figures.likes) AS likes, sum(figures.comments) AS comments, sum(figures.shares) AS shares
        FROM (SELECT platform, account, room_id, toTimeZone(minute, 'UTC') AS minute, views, likes, comments, shares FROM wxlive.minutes) AS figures
        ASOF LEFT JOIN
        (
            SELECT platform, account, room_id, live_id, assumeNotNull(started_at) AS started_at FROM wxlive_store.live_rows WHERE started_at IS NOT NULL
        ) AS live
            ON figures.platform = live.platform AND figures.account = live.account AND figures.room_id = live.room_id AND figures.minute >= live.started_at
        GROUP BY platform, account, room_id, live_id, day
    )
SELECT
    if(tracked.room_id != '', tracked.platform, exported.platform) AS platform,
    if(tracked.room_id != '', tracked.account, exported.account) AS account,
    if(tracked.room_id != '', tracked.room_id, exported.room_id) AS room_id,
    if(tracked.room_id != '', tracked.live_id, if(exported.live_id != '', exported.live_id, concat(exported.room_id, '@', toString(exported.day)))) AS live_id,
    if(tracked.room_id != '', tracked.day, exported.day) AS day,
    if(tracked.room_id != '', tracked.viewers, NULL) AS viewers,
    coalesce(exported.views, if(tracked.room_id != '', tracked.views, NULL)) AS views,
    if(tracked.room_id != '', watched.watch_seconds, NULL) AS watch_seconds,
    coalesce(exported.likes, if(tracked.room_id != '', tracked.likes, NULL)) AS likes,
    coalesce(exported.comments, if(tracked.room_id != '', tracked.comments, NULL)) AS comments,
    coalesce(exported.shares, if(tracked.room_id != '', tracked.shares, NULL)) AS shares,
    if(tracked.room_id != '', tracked.goods_clicks, NULL) AS goods_clicks,
    if(tracked.room_id != '', tracked.buyers, NULL) AS buyers,
    if(tracked.room_id != '', tracked.orders, NULL) AS orders,
    if(tracked.room_id != '', tracked.gmv_fen, NULL) AS gmv_fen,
    if(tracked.room_id != '', tracked.refund_fen, NULL) AS refund_fen
FROM tracked
LEFT JOIN watched
    ON tracked.platform = watched.platform AND tracked.account = watched.account AND tracked.room_id = watched.room_id
    AND tracked.live_id = watched.live_id AND tracked.day = watched.day
FULL JOIN exported
    ON tracked.platform = exported.platform AND tracked.account = exported.account AND tracked.room_id = exported.room_id
    AND tracked.live_id = exported.live_id AND tracked.day = exported.day
UNION ALL
SELECT
    'wecom', list.account, list.live_id, list.live_id, assumeNotNull(list.live_day), list.viewers, NULL, list.watch_seconds, NULL, live.stated_comments,
    NULL, NULL, NULL, NULL, NULL, NULL
FROM
(
    SELECT account, live_id, live_day, uniqExactIf(viewer, attendance.watch_seconds > 0) AS viewers, sum(attendance.watch_seconds) AS watch_seconds
    FROM wxlive.attendance AS attendance
    WHERE live_day IS NOT NULL
    GROUP BY account, live_id, live_day
) AS list
LEFT JOIN (SELECT account, live_id, max(stated_comments) AS stated_comments FROM wxlive_store.live_rows WHERE platform = 'wecom' GROUP BY account, live_id) AS live
    ON list.account = live.account AND list.live_id = live.live_id
COMMENT '场次日报：各平台同一口径，平台无法得知的为空 | lives by day, comparable, null where a platform cannot know it'

-- one row a platform, account, room and minute
CREATE OR REPLACE VIEW wxlive.audience_minute
(
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一 | room, unique within its account',
    minute DateTime64(3, '{{zone}}') COMMENT '分钟起点 | start of the minute',
    online Nullable(Int64) COMMENT '{{metric:online}}',
    enters Nullable(Int64) COMMENT '进入次数 | entries',
    leaves Nullable(Int64) COMMENT '离开次数 | leaves',
    views Nullable(Int64) COMMENT '{{metric:views}}',
    likes Nullable(Int64) COMMENT '{{metric:likes}}',
    comments Nullable(Int64) COMMENT '{{metric:comments}}',
    goods_clicks Nullable(Int64) COMMENT '{{metric:goods_clicks}}',
    orders Nullable(Int64) COMMENT '{{metric:orders}}',
    gmv_fen Nullable(Int64) COMMENT '{{metric:gmv_fen}}'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    present AS
    (
        SELECT platform, account, room_id, minute, uniqExact(viewer) AS online
        FROM
        (
            -- A minute counts who is there in its last millisecond; stretches are half open.
            SELECT
                platform, account, room_id, viewer,
                arrayJoin(range(
                    toUInt64(intDiv(toUnixTimestamp64Milli(seen_from) + 60000, 60000)),
                    toUInt64(intDiv(toUnixTimestamp64Milli(seen_to), 60000)) + 1
                )) AS next_minute,
                fromUnixTimestamp64Milli(toInt64(next_minute - 1) * 60000, 'UTC') AS minute
            FROM wxlive_store.live_stretches
            WHERE toInt64(next_minute) * 60000 - 1 < toUnixTimestamp64Milli(seen_to)
        )
        GROUP BY platform, account, room_id, minute
    ),
    acts AS
    (
        SELECT
            platform, account, room_id, toStartOfMinute(event_time) AS minute,
            countIf(event = 'live_enter') AS enters,
            countIf(event = 'live_leave') AS leaves,
            countIf(event = 'live_like') AS likes,
            countIf(event = 'live_comment') AS comments,
            countIf(event = 'goods_click') AS goods_clicks,
            countIf(event = 'order_pay') AS orders,
            sumIf(ifNull(amount_fen, 0), event = 'order_pay') AS gmv_fen
        FROM wxlive_store.event_rows
        WHERE room_id != '' AND NOT is_system
        GROUP BY platform, account, room_id, minute
    ),
    parts AS
    (
        SELECT platform, account, room_id, minute, 1 AS tracked, online, 0 AS enters, 0 AS leaves, 0 AS likes, 0 AS comments, 0 AS goods_clicks, 0 AS orders, 0 AS gmv_fen,
            NULL AS exported_online, NULL AS exported_views, NULL AS exported_likes, NULL AS exported_comments
        FROM present
        UNION ALL
        SELECT platform, account, room_id, minute, 1, 0, enters, leaves, likes, comments, goods_clicks, orders, gmv_fen, NULL, NULL, NULL, NULL
        FROM acts
        UNION ALL
        SELECT platform, account, room_id, toTimeZone(minute, 'UTC'), 0, 0, 0, 0, 0, 0, 0, 0, 0, online, views, likes, comments
        FROM wxlive.minutes
    )
SELECT
    platform, account, room_id, toTimeZone(parts.minute, '{{zone}}') AS minute,
    coalesce(max(parts.exported_online), if(max(parts.tracked) = 1, toInt64(sum(parts.online)), NULL)) AS online,
    if(max(parts.tracked) = 1, toInt64(sum(parts.enters)), NULL) AS enters,
    if(max(parts.tracked) = 1, toInt64(sum(parts.leaves)), NULL) AS leaves,
    coalesce(max(parts.exported_views), if(max(parts.tracked) = 1, toInt64(sum(parts.enters)), NULL)) AS views,
    coalesce(max(parts.exported_likes), if(max(parts.tracked) = 1, toInt64(sum(parts.likes)), NULL)) AS likes,
    coalesce(max(parts.exported_comments), if(max(parts.tracked) = 1, toInt64(sum(parts.comments)), NULL)) AS comments,
    if(max(parts.tracked) = 1, toInt64(sum(parts.goods_clicks)), NULL) AS goods_clicks,
    if(max(parts.tracked) = 1, toInt64(sum(parts.orders)), NULL) AS orders,
    if(max(parts.tracked) = 1, toInt64(sum(parts.gmv_fen)), NULL) AS gmv_fen
FROM parts
GROUP BY platform, account, room_id, parts.minute
COMMENT '分钟走势：各平台同一形状，以导出为准，自有事件补其空缺 | audience by minute, an export wins, own events fill what it leaves null'

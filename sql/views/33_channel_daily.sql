-- one row a channel and day
CREATE OR REPLACE VIEW wxlive.channel_daily
(
    channel String COMMENT '渠道 | channel',
    day Date COMMENT '日期 | day',
    link_clicks UInt64 COMMENT '{{metric:link_clicks}}',
    entrants UInt64 COMMENT '{{metric:entrants}}',
    goods_clickers UInt64 COMMENT '{{metric:goods_clickers}}',
    buyers UInt64 COMMENT '{{metric:buyers}}',
    orders UInt64 COMMENT '{{metric:orders}}',
    gmv_fen Int64 COMMENT '{{metric:gmv_fen}}'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    if(has_touch, touch_channel, '(none)') AS channel,
    toDate(event_time, '{{zone}}') AS day,
    countIf(event = 'link_click') AS link_clicks,
    uniqExactIf(viewer, event = 'live_enter') AS entrants,
    uniqExactIf(viewer, event = 'goods_click') AS goods_clickers,
    uniqExactIf(viewer, event = 'order_pay') AS buyers,
    countIf(event = 'order_pay') AS orders,
    sumIf(ifNull(amount_fen, 0), event = 'order_pay') AS gmv_fen
FROM wxlive_store.event_touch_rows
WHERE NOT is_system
GROUP BY channel, day
COMMENT '渠道日报：事件按其触点归入渠道，无触点为 (none) | channels by day, each event under its touch, (none) without one'

-- one row a channel and day
CREATE OR REPLACE VIEW wxlive.channel_daily
(
    channel String COMMENT '渠道 | channel',
    day Date COMMENT '日期 | day',
    link_clicks UInt64 COMMENT '链接点击次数 | link clicks',
    entrants UInt64 COMMENT '进入直播间人数（live_enter 去重）| distinct viewers of live_enter',
    goods_clickers UInt64 COMMENT '点击商品人数 | distinct viewers of goods_click',
    buyers UInt64 COMMENT '支付人数 | buyers',
    orders UInt64 COMMENT '支付订单数 | paid orders',
    gmv_fen Int64 COMMENT '成交金额（分）| GMV in fen'
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

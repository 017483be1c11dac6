-- one row a channel by the touch of each event, and one of all of them (is_total), where people count once
SELECT
    label,
    grouping(label) = 1 AS is_total,
    countIf(event = 'link_click') AS link_clicks,
    uniqExactIf(viewer, event = 'live_enter') AS entrants,
    uniqExactIf(viewer, event = 'goods_click') AS goods_clickers,
    uniqExactIf(viewer, event = 'order_pay') AS buyers,
    countIf(event = 'order_pay') AS orders,
    sumIf(ifNull(amount_fen, 0), event = 'order_pay') AS gmv_fen,
    uniqExactIf(viewer, event = 'live_enter' AND is_known) AS returning_viewers
FROM
(
    SELECT event, viewer, amount_fen, {{label}} AS label, {{known}} AS is_known
    FROM {{rows}}
    WHERE {{where}}
)
GROUP BY GROUPING SETS ((label), ())

-- one row an event with the touch it belongs to: the viewer's last at or before it within 30 days
CREATE OR REPLACE VIEW wxlive_store.event_touch_rows
AS
WITH last_touches AS
(
    -- Of touches in one millisecond the one with the greatest event_id is the last.
    SELECT
        viewer,
        touch_time AS touched_at,
        -- One aggregate a column: those that a query does not ask for are not made.
        argMax(channel, event_id) AS touch_channel,
        argMax(utm_source, event_id) AS touch_utm_source,
        argMax(utm_medium, event_id) AS touch_utm_medium,
        argMax(utm_campaign, event_id) AS touch_utm_campaign,
        argMax(utm_content, event_id) AS touch_utm_content,
        argMax(utm_term, event_id) AS touch_utm_term,
        argMax(link_code, event_id) AS touch_link_code
    FROM wxlive_store.touch_rows
    GROUP BY viewer, touch_time
)
SELECT
    event_id, adapter, account, platform, room_id, viewer, event, event_time, is_system, amount_fen, order_id, goods_id, scene,
    last.touched_at >= event_time - INTERVAL 30 DAY AS has_touch,
    last.touched_at AS touched_at,
    last.touch_channel AS touch_channel,
    last.touch_utm_source AS touch_utm_source,
    last.touch_utm_medium AS touch_utm_medium,
    last.touch_utm_campaign AS touch_utm_campaign,
    last.touch_utm_content AS touch_utm_content,
    last.touch_utm_term AS touch_utm_term,
    last.touch_link_code AS touch_link_code
FROM
(
    SELECT event_id, adapter, account, platform, room_id, viewer, event, event_time, is_system, amount_fen, order_id, goods_id, scene
    FROM wxlive_store.event_rows
) AS happened
ASOF LEFT JOIN last_touches AS last
    ON happened.viewer = last.viewer AND happened.event_time >= last.touched_at

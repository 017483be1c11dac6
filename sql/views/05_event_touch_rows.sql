-- one row an event with the touch it belongs to: the viewer's last at or before it within 30 days
CREATE OR REPLACE VIEW wxlive_store.event_touch_rows
AS
WITH last_touches AS
(
    -- Of touches in one millisecond the one with the greatest event_id is the last.
    SELECT
        viewer,
        touch_time AS touched_at,
        argMax(tuple(channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term, link_code), event_id) AS touch
    FROM wxlive_store.touch_rows
    GROUP BY viewer, touch_time
)
SELECT
    event_id, adapter, account, platform, room_id, viewer, event, event_time, is_system, amount_fen, order_id, goods_id, scene,
    last.touched_at >= event_time - INTERVAL 30 DAY AS has_touch,
    last.touched_at AS touched_at,
    last.touch.1 AS touch_channel,
    last.touch.2 AS touch_utm_source,
    last.touch.3 AS touch_utm_medium,
    last.touch.4 AS touch_utm_campaign,
    last.touch.5 AS touch_utm_content,
    last.touch.6 AS touch_utm_term,
    last.touch.7 AS touch_link_code
FROM
(
    SELECT event_id, adapter, account, platform, room_id, viewer, event, event_time, is_system, amount_fen, order_id, goods_id, scene
    FROM wxlive_store.event_rows
) AS happened
ASOF LEFT JOIN last_touches AS last
    ON happened.viewer = last.viewer AND happened.event_time >= last.touched_at

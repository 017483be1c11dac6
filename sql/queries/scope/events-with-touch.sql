-- one row an event of the scope with its touch: the viewer's last at or before it within 30 days (as in wxlive.event_touches)
SELECT
    happened.*,
    last.touched_at >= happened.event_time - INTERVAL 30 DAY AS has_touch,
    if(has_touch, last.touched_at, NULL) AS touched_at,
    if(has_touch, last.last_channel, '') AS touch_channel,
    if(has_touch, last.last_utm_source, '') AS touch_utm_source,
    if(has_touch, last.last_utm_medium, '') AS touch_utm_medium,
    if(has_touch, last.last_utm_campaign, '') AS touch_utm_campaign,
    if(has_touch, last.last_utm_content, '') AS touch_utm_content,
    if(has_touch, last.last_utm_term, '') AS touch_utm_term,
    if(has_touch, last.last_link_code, '') AS touch_link_code
FROM (SELECT * FROM wxlive.events WHERE {{scope}}) AS happened
ASOF LEFT JOIN
(
    -- Of touches in one millisecond the one with the greatest event_id is the last.
    SELECT
        viewer AS touched_viewer,
        touch_time AS touched_at,
        -- One aggregate a column: those that a query does not ask for are not made.
        argMax(channel, event_id) AS last_channel,
        argMax(ifNull(utm_source, ''), event_id) AS last_utm_source,
        argMax(ifNull(utm_medium, ''), event_id) AS last_utm_medium,
        argMax(ifNull(utm_campaign, ''), event_id) AS last_utm_campaign,
        argMax(ifNull(utm_content, ''), event_id) AS last_utm_content,
        argMax(ifNull(utm_term, ''), event_id) AS last_utm_term,
        argMax(ifNull(link_code, ''), event_id) AS last_link_code
    FROM wxlive.touches
    GROUP BY viewer, touch_time
) AS last
    ON happened.viewer = last.touched_viewer AND happened.event_time >= last.touched_at

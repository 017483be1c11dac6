-- one row an event of the scope with its touch: the viewer's last at or before it within 30 days (as in wxlive.event_touches)
SELECT
    happened.*,
    last.touched_at >= happened.event_time - INTERVAL 30 DAY AS has_touch,
    if(has_touch, last.touched_at, NULL) AS touched_at,
    if(has_touch, last.touch.1, '') AS touch_channel,
    if(has_touch, last.touch.2, '') AS touch_utm_source,
    if(has_touch, last.touch.3, '') AS touch_utm_medium,
    if(has_touch, last.touch.4, '') AS touch_utm_campaign,
    if(has_touch, last.touch.5, '') AS touch_utm_content,
    if(has_touch, last.touch.6, '') AS touch_utm_term,
    if(has_touch, last.touch.7, '') AS touch_link_code
FROM (SELECT * FROM wxlive.events WHERE {{scope}}) AS happened
ASOF LEFT JOIN
(
    -- Of touches in one millisecond the one with the greatest event_id is the last.
    SELECT
        viewer AS touched_viewer,
        touch_time AS touched_at,
        argMax(
            tuple(
                channel, ifNull(utm_source, ''), ifNull(utm_medium, ''), ifNull(utm_campaign, ''),
                ifNull(utm_content, ''), ifNull(utm_term, ''), ifNull(link_code, '')
            ),
            event_id
        ) AS touch
    FROM wxlive.touches
    GROUP BY viewer, touch_time
) AS last
    ON happened.viewer = last.touched_viewer AND happened.event_time >= last.touched_at

-- one row an event with the touch it belongs to: the viewer's last at or before it within {{touch_reach_days}} days.
-- Funnels broken down by a touch take a shorter way to the same (queries/funnel/viewer-steps-by-touch.sql).
CREATE OR REPLACE VIEW wxlive_store.event_touch_rows
AS
SELECT
    happened.*,
    last.touched_at >= happened.event_time - toIntervalHour(24 * {{touch_reach_days}}) AS has_touch,
    if(has_touch, toTimeZone(last.touched_at, '{{zone}}'), NULL) AS touched_at,
    if(has_touch, last.touch_channel, '') AS touch_channel,
    if(has_touch, last.touch_utm_source, '') AS touch_utm_source,
    if(has_touch, last.touch_utm_medium, '') AS touch_utm_medium,
    if(has_touch, last.touch_utm_campaign, '') AS touch_utm_campaign,
    if(has_touch, last.touch_utm_content, '') AS touch_utm_content,
    if(has_touch, last.touch_utm_term, '') AS touch_utm_term,
    if(has_touch, last.touch_link_code, '') AS touch_link_code
FROM (SELECT * FROM wxlive.events) AS happened
ASOF LEFT JOIN wxlive_store.distinct_touch_rows AS last
    ON happened.viewer = last.viewer AND happened.event_time >= last.touched_at

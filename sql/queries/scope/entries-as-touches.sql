-- one row an entry with what its touch would be: every touch is among them, whenever it was
SELECT
    event_time AS touched_at,
    channel_key AS touch_channel_key,
    resolved_channel AS touch_channel,
    resolved_utm_source AS touch_utm_source,
    resolved_utm_medium AS touch_utm_medium,
    resolved_utm_campaign AS touch_utm_campaign,
    resolved_utm_content AS touch_utm_content,
    resolved_utm_term AS touch_utm_term,
    resolved_link_code AS touch_link_code
FROM wxlive_store.event_channels
WHERE event IN {{entry_events}} AND NOT is_system

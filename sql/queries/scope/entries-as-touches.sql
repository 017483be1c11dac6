-- one row an entry with what its touch would be: every touch is among them, whenever it was
SELECT
    event_time AS touched_at,
    ifNull(channel, {{direct}}) AS touch_channel,
    ifNull(utm_source, '') AS touch_utm_source,
    ifNull(utm_medium, '') AS touch_utm_medium,
    ifNull(utm_campaign, '') AS touch_utm_campaign,
    ifNull(utm_content, '') AS touch_utm_content,
    ifNull(utm_term, '') AS touch_utm_term,
    ifNull(link_code, '') AS touch_link_code
FROM wxlive.events
WHERE event IN {{entry_events}} AND NOT is_system

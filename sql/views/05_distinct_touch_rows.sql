-- one row a viewer and instant with a touch: of touches in one millisecond the one with the greatest event_id is the last
CREATE OR REPLACE VIEW wxlive_store.distinct_touch_rows
AS
SELECT
    viewer,
    touch_time AS touched_at,
    -- One aggregate a column: those that a query does not ask for are not made.
    argMax(channel_key, event_id) AS touch_channel_key,
    argMax(channel, event_id) AS touch_channel,
    argMax(utm_source, event_id) AS touch_utm_source,
    argMax(utm_medium, event_id) AS touch_utm_medium,
    argMax(utm_campaign, event_id) AS touch_utm_campaign,
    argMax(utm_content, event_id) AS touch_utm_content,
    argMax(utm_term, event_id) AS touch_utm_term,
    argMax(link_code, event_id) AS touch_link_code
FROM wxlive_store.touch_rows
GROUP BY viewer, touch_time

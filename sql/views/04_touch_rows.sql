-- one row a touch (PRODUCT §5): entries of a viewer with the same evidence, each under 30 minutes after the last, are one
CREATE OR REPLACE VIEW wxlive_store.touch_rows
AS
WITH
    entries AS
    (
        SELECT
            event_time, event_id, viewer, platform, account, room_id, scene, referrer_host, has_evidence, evidence_key,
            channel_key, resolved_channel, resolved_utm_source, resolved_utm_medium, resolved_utm_campaign, resolved_utm_content,
            resolved_utm_term, resolved_link_code
        FROM wxlive_store.event_channels
        -- We分析 keeps the scene of the visit on every event: only a channel in the query makes a touch of one.
        WHERE event IN ({{entry_events}}) AND NOT is_system AND (adapter != 'wedata' OR has_query_evidence)
    ),
    activity AS
    (
        -- A person's acts; an order that only a file knows breaks no silence. Only those in the half hour of an entry
        -- without evidence or in the half hour before can break its silence: a hash of viewer and half hour is looked up
        -- before anything is joined, because a join with every act of every viewer is what costs.
        SELECT viewer, event_time
        FROM wxlive_store.event_rows
        WHERE toUInt32(cityHash64(viewer, intDiv(toUnixTimestamp(event_time), 1800))) IN
            (
                SELECT arrayJoin([toUInt32(cityHash64(viewer, intDiv(toUnixTimestamp(event_time), 1800))), toUInt32(cityHash64(viewer, intDiv(toUnixTimestamp(event_time), 1800) - 1))])
                FROM entries
                WHERE NOT has_evidence
            )
            AND NOT is_system AND adapter != 'orders'
    ),
    awakened AS
    (
        -- Who was silent until then: only of moments of entries without evidence are all the acts before known.
        SELECT viewer, event_time
        FROM
        (
            SELECT
                viewer,
                event_time,
                lagInFrame(event_time, 1, toDateTime64(0, 3, 'UTC'))
                    OVER (PARTITION BY viewer ORDER BY event_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
            FROM activity
        )
        WHERE before < event_time - INTERVAL 30 MINUTE
    ),
    ordered AS
    (
        SELECT
            *,
            lagInFrame(event_time, 1, toDateTime64(0, 3, 'UTC'))
                OVER (PARTITION BY viewer, evidence_key ORDER BY event_time, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
        FROM entries
        WHERE has_evidence OR (viewer, event_time) IN (SELECT viewer, event_time FROM awakened)
    )
SELECT
    event_time AS touch_time,
    event_id,
    viewer,
    platform,
    account,
    room_id,
    scene,
    referrer_host,
    channel_key,
    resolved_channel AS channel,
    resolved_utm_source AS utm_source,
    resolved_utm_medium AS utm_medium,
    resolved_utm_campaign AS utm_campaign,
    resolved_utm_content AS utm_content,
    resolved_utm_term AS utm_term,
    resolved_link_code AS link_code
FROM ordered
WHERE event_time >= before + INTERVAL 30 MINUTE

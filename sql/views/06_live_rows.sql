-- one row a broadcast somebody tells of, bounds by precedence: push callback, platform's info, minutes with viewers, plan
CREATE OR REPLACE VIEW wxlive_store.live_rows
AS
WITH
    told AS
    (
        SELECT
            platform, account, room_id, live_id,
            argMax(title, tuple(title != '', batch_seq)) AS told_title,
            argMax(anchor, tuple(anchor != '', batch_seq)) AS told_anchor,
            argMax(planned_start, batch_seq) AS plan_start,
            argMax(planned_end, batch_seq) AS plan_end,
            anyIf(started_at, told_by = 'callback') AS callback_start,
            anyIf(ended_at, told_by = 'callback') AS callback_end,
            anyIf(started_at, told_by = 'info') AS info_start,
            anyIf(ended_at, told_by = 'info') AS info_end,
            max(viewer_count) AS stated_viewers,
            max(comment_count) AS stated_comments
        FROM wxlive_store.lives_store FINAL
        GROUP BY platform, account, room_id, live_id
    ),
    watched AS
    (
        SELECT DISTINCT platform, account, room_id, minute
        FROM wxlive_store.minutes_store FINAL
        WHERE greatest(ifNull(online, 0), ifNull(viewers, 0), ifNull(views, 0)) > 0
    ),
    -- Minutes with viewers more than two hours apart are two broadcasts of one room.
    sessions AS
    (
        SELECT platform, account, room_id, session, min(minute) AS session_start, max(minute) + INTERVAL 1 MINUTE AS session_end
        FROM
        (
            SELECT *, sum(begins) OVER (PARTITION BY platform, account, room_id ORDER BY minute) AS session
            FROM
            (
                SELECT
                    *,
                    minute > INTERVAL 2 HOUR + lagInFrame(minute, 1, toDateTime64(0, 3, 'UTC'))
                        OVER (PARTITION BY platform, account, room_id ORDER BY minute ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS begins
                FROM watched
            )
        )
        GROUP BY platform, account, room_id, session
    ),
    listed AS
    (
        SELECT platform, account, room_id, title, anchor, start_at, end_at FROM wxlive_store.rooms_store FINAL
    ),
    bounded AS
    (
        SELECT platform, account, room_id FROM told WHERE coalesce(callback_start, info_start) IS NOT NULL
        UNION DISTINCT
        SELECT platform, account, room_id FROM sessions
    )
SELECT
    told.platform AS platform, told.account AS account, told.room_id AS room_id, told.live_id AS live_id,
    if(told_title != '', told_title, listed.title) AS title,
    if(told_anchor != '', told_anchor, listed.anchor) AS anchor,
    coalesce(plan_start, listed.start_at) AS planned_start,
    coalesce(plan_end, listed.end_at) AS planned_end,
    coalesce(callback_start, info_start) AS started_at,
    if(callback_start IS NOT NULL, coalesce(callback_end, info_end), info_end) AS ended_at,
    if(callback_start IS NOT NULL, 'callback', 'info') AS boundary_source,
    stated_viewers,
    stated_comments
FROM told
LEFT JOIN listed ON told.platform = listed.platform AND told.account = listed.account AND told.room_id = listed.room_id
WHERE coalesce(callback_start, info_start) IS NOT NULL
UNION ALL
SELECT
    sessions.platform, sessions.account, sessions.room_id,
    concat(toString(sessions.room_id), '@', formatDateTime(session_start, '%Y%m%d-%H%i', '{{zone}}')),
    listed.title, listed.anchor, listed.start_at, listed.end_at, session_start, session_end, 'minutes', NULL, NULL
FROM sessions
LEFT JOIN listed ON sessions.platform = listed.platform AND sessions.account = listed.account AND sessions.room_id = listed.room_id
WHERE (sessions.platform, sessions.account, sessions.room_id) NOT IN
    (SELECT platform, account, room_id FROM told WHERE coalesce(callback_start, info_start) IS NOT NULL)
UNION ALL
SELECT platform, account, room_id, live_id, title, anchor, start_at, end_at, start_at, end_at, 'plan', NULL, NULL
FROM
(
    SELECT
        platform, account, room_id, live_id, told_title AS title, told_anchor AS anchor, plan_start AS start_at, plan_end AS end_at
    FROM told
    WHERE coalesce(callback_start, info_start) IS NULL
    UNION ALL
    SELECT platform, account, room_id, room_id, title, anchor, start_at, end_at
    FROM listed
    WHERE (platform, account, room_id) NOT IN (SELECT platform, account, room_id FROM told)
)
WHERE (platform, account, room_id) NOT IN (SELECT platform, account, room_id FROM bounded)

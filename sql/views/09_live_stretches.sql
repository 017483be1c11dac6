-- one row a stretch of time a viewer watched a live: cut to the live's bounds (without an end it lasts to the room's next), whole on a day on which no start of the room is known; what lies before, between or after the lives of its day is none
CREATE OR REPLACE VIEW wxlive_store.live_stretches
AS
SELECT
    platform, account, room_id, viewer,
    seen.1 AS live_id,
    greatest(watched_from, seen.2) AS seen_from,
    least(watched_to, seen.3) AS seen_to
FROM
(
    SELECT
        stretch.platform AS platform, stretch.account AS account, stretch.room_id AS room_id, viewer, watched_from, watched_to,
        toDate(watched_from, '{{zone}}') AS day,
        arrayFilter(live -> watched_to > live.2 AND watched_from < live.3, lives) AS seen_lives,
        arrayJoin(
            if(
                empty(seen_lives) AND NOT has(live_days, day),
                [(concat(toString(room_id), '@', toString(day)), watched_from, watched_to)],
                seen_lives
            )
        ) AS seen
    FROM wxlive_store.watch_intervals AS stretch
    LEFT JOIN
    (
        SELECT
            platform, account, room_id,
            arraySort(live -> live.2, groupArray((live_id, assumeNotNull(started_at), ended_at))) AS told,
            arrayPushBack(arrayPopFront(told.2), toDateTime64('2299-12-31 00:00:00', 3, 'UTC')) AS next_starts,
            arrayMap((live, next_start) -> (live.1, live.2, ifNull(live.3, next_start)), told, next_starts) AS lives,
            arrayDistinct(arrayMap(live -> toDate(live.2, '{{zone}}'), told)) AS live_days
        FROM wxlive_store.live_rows
        WHERE started_at IS NOT NULL
        GROUP BY platform, account, room_id
    ) AS known
        ON stretch.platform = known.platform AND stretch.account = known.account AND stretch.room_id = known.room_id
)

-- one row a stretch of time a viewer watched a room, merged over devices; begins at an event, ends at a leave or at the last event before a silence of two minutes. What says itself that it is a replay is none
CREATE OR REPLACE VIEW wxlive_store.watch_intervals
AS
SELECT
    platform, account, room_id, viewer,
    fromUnixTimestamp64Milli(stretch.1, 'UTC') AS watched_from,
    fromUnixTimestamp64Milli(stretch.2, 'UTC') AS watched_to
FROM
(
    SELECT
        platform, account, room_id, viewer,
        -- state: (start of the open stretch or -1, last event, open live_enter, finished stretches); a leave closes one of them
        arrayFold(
            (state, act) ->
            (
                multiIf(
                    -- silence: the old stretch ended at the last event
                    state.1 >= 0 AND act.1 - state.2 > 120000, if(act.2 = 2, toInt64(-1), act.1),
                    act.2 = 2 AND state.3 <= 1, toInt64(-1),
                    state.1 < 0 AND act.2 != 2, act.1,
                    state.1
                ),
                act.1,
                multiIf(
                    act.2 = 1, if(state.1 >= 0 AND act.1 - state.2 > 120000, toInt64(1), state.3 + 1),
                    act.2 = 2, if(state.1 >= 0 AND act.1 - state.2 > 120000, toInt64(0), greatest(state.3 - 1, toInt64(0))),
                    if(state.1 >= 0 AND act.1 - state.2 > 120000, toInt64(0), state.3)
                ),
                multiIf(
                    state.1 >= 0 AND act.1 - state.2 > 120000, arrayPushBack(state.4, (state.1, state.2)),
                    state.1 >= 0 AND act.2 = 2 AND state.3 <= 1, arrayPushBack(state.4, (state.1, act.1)),
                    state.4
                )
            ),
            acts,
            (toInt64(-1), toInt64(0), toInt64(0), CAST([], 'Array(Tuple(Int64, Int64))'))
        ) AS folded,
        arrayJoin(if(folded.1 >= 0 AND folded.2 > folded.1, arrayPushBack(folded.4, (folded.1, folded.2)), folded.4)) AS stretch
    FROM
    (
        SELECT
            platform, account, room_id, viewer,
            arraySort(groupArray(
                (
                    toUnixTimestamp64Milli(event_time),
                    toInt64(multiIf(event = 'live_enter', 1, event = 'live_leave', 2, 0))
                )
            )) AS acts
        FROM wxlive_store.event_rows
        WHERE room_id != '' AND NOT is_system AND adapter != 'orders' AND props['live_source'] != 'replay'
        GROUP BY platform, account, room_id, viewer
    )
)
WHERE watched_to > watched_from

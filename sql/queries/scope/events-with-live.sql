-- one row an event in a room with its live: that whose bounds contain it, else the latest begun before it that day, else the room's day (as in wxlive.live_daily)
SELECT
    happened.*,
    toDate(happened.event_time, {{zone}}) AS live_day,
    live.live_id != ''
        AND (event_time < ifNull(live.ended_at, event_time + INTERVAL 1 SECOND) OR toDate(live.started_at, {{zone}}) = live_day) AS has_live,
    if(has_live, live.live_id, concat(room_id, '@', toString(live_day))) AS live_id,
    if(has_live, toUnixTimestamp64Milli(live.started_at), NULL) AS live_started_ms,
    bitShiftRight(cityHash64(platform, account, live_id), 11) AS live_code
FROM (SELECT * FROM {{rows}} WHERE room_id != '') AS happened
ASOF LEFT JOIN
(
    SELECT
        platform AS live_platform, account AS live_account, room_id AS live_room_id, live_id,
        assumeNotNull(started_at) AS started_at, ended_at
    FROM wxlive_store.live_rows
    WHERE started_at IS NOT NULL
) AS live
    ON happened.platform = live.live_platform AND happened.account = live.live_account AND happened.room_id = live.live_room_id
    AND happened.event_time >= live.started_at

-- one row an event in a room, with its day and its live: that whose bounds contain it, else the latest begun before it that day, else the room's day
CREATE OR REPLACE VIEW wxlive_store.live_events
AS
SELECT
    happened.platform AS platform,
    happened.account AS account,
    happened.room_id AS room_id,
    viewer, event, event_time, amount_fen, goods_id, order_id, adapter, day,
    if(
        live.live_id != '' AND (event_time < ifNull(live.ended_at, event_time + INTERVAL 1 SECOND) OR toDate(live.started_at, '{{zone}}') = day),
        live.live_id,
        concat(toString(happened.room_id), '@', toString(day))
    ) AS live_id
FROM
(
    SELECT
        platform, account, room_id, viewer, event, event_time, amount_fen, goods_id, order_id, adapter,
        toDate(event_time, '{{zone}}') AS day
    FROM wxlive_store.event_rows
    WHERE room_id != '' AND NOT is_system
) AS happened
ASOF LEFT JOIN
(
    SELECT platform, account, room_id, live_id, assumeNotNull(started_at) AS started_at, ended_at
    FROM wxlive_store.live_rows
    WHERE started_at IS NOT NULL
) AS live
    ON happened.platform = live.platform AND happened.account = live.account AND happened.room_id = live.room_id
    AND happened.event_time >= live.started_at

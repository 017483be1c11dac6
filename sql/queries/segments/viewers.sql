-- one row a viewer: last event (ms), paid orders, their sum, and what it did in rooms in order: code of the room * 2^64 + ms * 4 + what it does (1 enters, 2 leaves)
SELECT
    toUnixTimestamp64Milli(max(event_time)) AS last_ms,
    toInt64(countIf(event = 'order_pay')) AS orders,
    toInt64(sumIf(ifNull(amount_fen, 0), event = 'order_pay')) AS gmv_fen,
    -- As in audience/viewer-acts, replays left out; what only an orders file tells of says nothing about watching.
    arraySort(groupArrayIf(
        bitShiftLeft(toUInt128(room), 64)
        + toUInt128(bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 2) + multiIf(event = 'live_enter', 1, event = 'live_leave', 2, 0)),
        room_id != '' AND adapter != 'orders' AND props['live_source'] != 'replay'
    )) AS acts
FROM
(
    SELECT *, bitShiftRight(cityHash64(toString(platform), toString(account), room_id), 11) AS room
    FROM {{rows}}
    WHERE {{where}} AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
)
GROUP BY viewer

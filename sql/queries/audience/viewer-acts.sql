-- one row a viewer in a room: events in order, packed as ms * 8 + (4 for a replay) + what it does (1 enters, 2 leaves)
SELECT
    toString(platform) AS platform,
    toString(account) AS account,
    room_id,
    arraySort(groupArray(
        bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 3)
        + if(props['live_source'] = 'replay', 4, 0)
        + multiIf(event = 'live_enter', 1, event = 'live_leave', 2, 0)
    )) AS packed
FROM {{rows}}
-- What only an orders file tells of says nothing about watching.
WHERE room_id != '' AND adapter != 'orders' AND {{where}}
GROUP BY platform, account, room_id, viewer

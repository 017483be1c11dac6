-- one row a room, minute and key with its events (cells), and one a room of all of them (is_total)
SELECT
    toString(platform) AS platform,
    toString(account) AS account,
    room_id,
    grouping(minute) = 1 AS is_total,
    minute,
    key,
    count() AS events
FROM
(
    SELECT
        platform,
        account,
        room_id,
        toUInt32(intDiv(toUnixTimestamp64Milli(event_time), 60000)) AS minute,
        toString({{key}}) AS key
    FROM {{rows}}
    WHERE room_id != '' AND {{counted}} AND {{where}}
)
GROUP BY GROUPING SETS ((platform, account, room_id, minute, key), (platform, account, room_id))
LIMIT {most:UInt64}

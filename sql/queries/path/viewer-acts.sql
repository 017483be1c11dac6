-- one row a viewer with a start: events in order of time, packed as ms * 2^22 + number of the name * 2 + (1 for a start)
SELECT toString(viewer) AS viewer, arraySort(groupArray(act)) AS acts
FROM
(
    SELECT
        viewer,
        -- A name that came after the names were asked for has no number.
        transform(toString(event), {names:Array(String)}, {numbers:Array(UInt32)}, toUInt32(0)) AS number,
        bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 22) + bitShiftLeft(toUInt64(number), 1) + toUInt64({{start}}) AS act
    FROM {{rows}}
    WHERE {{where}} AND event != 'live_heartbeat' AND number != 0 AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
)
GROUP BY viewer
HAVING max(bitAnd(act, 1)) = 1

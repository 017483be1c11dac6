-- one row a viewer who can begin: as viewer-steps, with the viewer's touches among the events, each with no mark, and so first in its millisecond, and with the key of its channel
SELECT viewer, arraySort(groupArray({{packed}})) AS packed
FROM
(
    SELECT viewer, instant, marks, {{correlated}} AS correlated, toUInt64(0) AS broken_down
    FROM
    (
        SELECT *, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 22) AS instant, {{marks}} AS marks
        FROM {{rows}}
        WHERE {{where}} AND {{among}}
    )
    WHERE marks != 0
    UNION ALL
    SELECT viewer, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(touched_at)), 22), toUInt64(0), toUInt64(0), channel_key
    FROM {{touches}}
    WHERE {{among}}
)
GROUP BY viewer
HAVING bitAnd(groupBitOr(marks), {start_marks:UInt64}) != 0

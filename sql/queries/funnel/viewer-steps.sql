-- one row a viewer who can begin: when (ms) and what each event fits (22 bits of marks), packed in one number, in order
SELECT {{viewer}} arraySort(groupArray({{packed}})) AS packed
FROM
(
    SELECT viewer, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 22) AS instant, {{marks}} AS marks {{values}}
    FROM {{rows}}
    WHERE {{where}} AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
)
WHERE marks != 0
GROUP BY viewer
HAVING bitAnd(groupBitOr(marks), {start_marks:UInt64}) != 0

-- one row a viewer who can begin: time and marks of each event, the correlated value as a number, the breakdown value
SELECT
    viewer_text,
    arrayMap(one -> bitShiftLeft(toUInt64(one.1), 22) + one.5, acts) AS packed,
    arrayMap((one, number) -> if(one.6 = '', toUInt32(0), number), acts, arrayEnumerateDense(arrayMap(one -> one.6, acts))) AS correlated,
    arrayMap(one -> one.7, acts) AS broken_down
FROM
(
    SELECT
        {{viewer}} AS viewer_text,
        -- Ties by event_id; it is unique within account and adapter only.
        arraySort(groupArray((toUnixTimestamp64Milli(event_time), event_id, account, adapter, marks, correlated_value, breakdown_value))) AS acts
    FROM
    (
        SELECT
            viewer, event_time, event_id, toString(account) AS account, toString(adapter) AS adapter,
            {{marks}} AS marks,
            toString({{correlated}}) AS correlated_value,
            toString({{broken_down}}) AS breakdown_value
        FROM {{rows}}
        WHERE {{where}} AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
    )
    WHERE marks != 0
    GROUP BY viewer
    HAVING bitAnd(groupBitOr(marks), {start_marks:UInt64}) != 0
)

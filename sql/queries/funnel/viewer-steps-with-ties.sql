-- one row a viewer asked for: as viewer-steps, but in the order of time, then event id
SELECT
    viewer,
    arrayMap(one -> one.5, acts) AS packed
FROM
(
    SELECT
        viewer,
        -- An event id is unique within account and adapter only.
        arraySort(groupArray((instant, event_id, account, adapter, {{packed}}))) AS acts
    FROM
    (
        SELECT
            viewer, event_id, toString(account) AS account, toString(adapter) AS adapter,
            bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 22) AS instant, {{marks}} AS marks {{values}}
        FROM {{rows}}
        WHERE {{where}} AND viewer IN {viewers:Array(UUID)}
    )
    WHERE marks != 0
    GROUP BY viewer
)

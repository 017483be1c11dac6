-- one row a viewer asked for: as viewer-acts, but in the order of time, then event id
SELECT toString(viewer) AS viewer, arrayMap(one -> one.5, arraySort(groupArray((time, event_id, account, adapter, act)))) AS acts
FROM
(
    -- An event id is unique within account and adapter only.
    SELECT
        viewer, event_id, toString(account) AS account, toString(adapter) AS adapter, toUnixTimestamp64Milli(event_time) AS time,
        transform(toString(event), {names:Array(String)}, {numbers:Array(UInt32)}, toUInt32(0)) AS number,
        bitShiftLeft(toUInt64(time), 22) + bitShiftLeft(toUInt64(number), 1) + toUInt64({{start}}) AS act
    FROM {{rows}}
    WHERE {{where}} AND event != 'live_heartbeat' AND number != 0 AND viewer IN {viewers:Array(UUID)}
)
GROUP BY viewer

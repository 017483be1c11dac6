-- one row a viewer of the scope: conversions (ms, value) in order, touches (ms, label) in order; both, or touches alone
SELECT
    arrayMap(one -> (one.1, one.5), conversions) AS converted,
    arrayMap(one -> (one.1, one.4), touches) AS touched
FROM
(
    SELECT
        viewer,
        arraySort(groupArray((toUnixTimestamp64Milli(touch_time), event_id, toString(account), {{label}}))) AS touches
    FROM wxlive.touches
    WHERE {{touch_range}}
        AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
        AND viewer IN (SELECT viewer FROM wxlive.events WHERE {{scope}})
    GROUP BY viewer
) AS touching
FULL JOIN
(
    SELECT
        viewer,
        arraySort(groupArray((toUnixTimestamp64Milli(event_time), event_id, toString(account), toString(adapter), toFloat64(ifNull({{value}}, 0))))) AS conversions
    FROM {{rows}}
    WHERE {{conversion}} AND {{where}} AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
    GROUP BY viewer
) AS converting
    ON touching.viewer = converting.viewer

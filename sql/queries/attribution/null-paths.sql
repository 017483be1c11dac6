-- one row a path that led nowhere: labels in order, and how many viewers of the scope without a conversion have it
SELECT arrayMap(one -> one.4, touches) AS path, count() AS viewers
FROM
(
    SELECT
        viewer,
        arraySort(groupArray((toUnixTimestamp64Milli(touch_time), event_id, toString(account), {{label}}))) AS touches
    FROM wxlive.touches
    WHERE {{touch_range}}
        AND cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}
        AND viewer IN (SELECT viewer FROM wxlive.events WHERE {{scope}})
        AND viewer NOT IN (SELECT viewer FROM {{rows}} WHERE {{conversion}} AND {{where}})
    GROUP BY viewer
)
GROUP BY path

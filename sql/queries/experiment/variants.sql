-- one row a variant by each viewer's first touch of the campaign that has one, and one of all (is_total): users, who of them converted from then on, their values
SELECT
    variant,
    grouping(variant) = 1 AS is_total,
    count() AS users,
    countIf(events > 0) AS conversions,
    sum(value) AS value_sum,
    varPopStable(value) * count() AS squared_deviations
FROM
(
    SELECT
        argMinIf(touch_variant, tuple(time_ms, id), is_touch) AS variant,
        minIf(time_ms, is_touch) AS entered_ms,
        arrayFilter(one -> one.1 >= entered_ms, groupArrayIf(tuple(time_ms, event_value), NOT is_touch)) AS counted,
        length(counted) AS events,
        arraySum(counted.2) AS value
    FROM
    (
        SELECT
            viewer, toUnixTimestamp64Milli(touch_time) AS time_ms, event_id AS id, {{variant}} AS touch_variant,
            toFloat64(0) AS event_value, true AS is_touch
        FROM wxlive.touches
        WHERE {{touches}}
        UNION ALL
        SELECT
            viewer, toUnixTimestamp64Milli(event_time) AS time_ms, event_id AS id, '' AS touch_variant,
            toFloat64(ifNull({{value}}, 0)) AS event_value, false AS is_touch
        FROM {{rows}}
        WHERE {{conversion}} AND {{where}}
    )
    GROUP BY viewer
    HAVING countIf(is_touch) > 0
)
GROUP BY GROUPING SETS ((variant), ())

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
    SELECT assigned.variant AS variant, counted.events AS events, counted.value AS value
    FROM
    (
        SELECT viewer, argMin({{variant}}, tuple(touch_time, event_id)) AS variant
        FROM wxlive.touches
        WHERE {{touches}}
        GROUP BY viewer
    ) AS assigned
    LEFT JOIN
    (
        SELECT happened.viewer AS viewer, count() AS events, sum(event_value) AS value
        FROM
        (
            SELECT viewer, event_time, ifNull({{value}}, 0) AS event_value
            FROM {{rows}}
            WHERE {{conversion}} AND {{where}}
        ) AS happened
        INNER JOIN
        (
            SELECT viewer, min(touch_time) AS entered_at
            FROM wxlive.touches
            WHERE {{touches}}
            GROUP BY viewer
        ) AS entered
            ON happened.viewer = entered.viewer
        WHERE event_time >= entered_at
        GROUP BY viewer
    ) AS counted
        ON assigned.viewer = counted.viewer
)
GROUP BY GROUPING SETS ((variant), ())

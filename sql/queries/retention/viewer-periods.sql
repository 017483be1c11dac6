-- one row a viewer in a cohort: first cohort event ever in UTC ms and its period, then the periods since the start of the range with a cohort event, and with a returning one
SELECT
    minIf(time_ms, is_cohort) AS first_ms,
    argMinIf(period, tuple(time_ms, event_id), is_cohort) AS first_period,
    groupUniqArrayIf(period, is_cohort AND is_inside) AS cohort_periods,
    groupUniqArrayIf(period, is_returning AND is_inside) AS returning_periods
FROM
(
    SELECT
        viewer,
        event_id,
        toUnixTimestamp64Milli(event_time) AS time_ms,
        toInt64({{period}}) AS period,
        {{cohort}} AS is_cohort,
        {{returning}} AS is_returning,
        time_ms >= {since:Int64} AS is_inside
    FROM {{rows}}
    WHERE {{where}}
)
GROUP BY viewer
HAVING notEmpty(cohort_periods)

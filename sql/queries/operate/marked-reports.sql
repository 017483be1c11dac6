-- one row a report that had used a day before a batch changed it
SELECT report, period_from, period_to, max(data_as_of) AS data_as_of, arraySort(groupUniqArray(toString(day))) AS days
FROM
(
    SELECT runs.report AS report, runs.period_from AS period_from, runs.period_to AS period_to, runs.data_as_of AS data_as_of, changes.day AS day
    FROM wxlive.report_runs AS runs
    CROSS JOIN (SELECT DISTINCT day, changed_at FROM wxlive.changed_days WHERE batch_id = {batch:String}) AS changes
    WHERE runs.state != 'failed' AND runs.data_as_of < changes.changed_at
        AND changes.day >= toDate(runs.period_from) AND changes.day <= toDate(runs.period_to - INTERVAL 1 MILLISECOND)
)
GROUP BY report, period_from, period_to
ORDER BY report, period_from

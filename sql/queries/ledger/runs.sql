-- one row an issue of a scheduled run, with the figures it told
SELECT
    report, toUnixTimestamp64Milli(assumeNotNull(scheduled_at)) AS scheduled_ms, issue, state,
    toUnixTimestamp64Milli(period_from) AS from_ms, toUnixTimestamp64Milli(period_to) AS to_ms,
    toUnixTimestamp64Milli(started_at) AS started_ms, figure_ids, figure_values
FROM wxlive_store.report_runs_ledger
WHERE scheduled_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
ORDER BY scheduled_ms, report, issue, started_ms DESC
LIMIT 1 BY report, scheduled_ms, issue

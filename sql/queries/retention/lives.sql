-- one row a live with a cohort or returning event, in the order of their starts
SELECT
    live_code AS code,
    any(live_id) AS live,
    any(toString(platform)) AS live_platform,
    any(toString(account)) AS live_account,
    if(min(live_started_ms) IS NULL, min(toUnixTimestamp64Milli(event_time)), assumeNotNull(min(live_started_ms))) AS started_ms
FROM {{rows}}
WHERE ({{cohort}} OR {{returning}}) AND {{where}} AND toUnixTimestamp64Milli(event_time) >= {since:Int64}
GROUP BY live_code
ORDER BY started_ms, live, live_platform, live_account

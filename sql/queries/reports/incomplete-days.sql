-- one row a day of a source that is not complete: why
SELECT
    toString(day) AS missing_day,
    transform(toString(platform), ['miniprogram', 'kandian', 'wecom'], {platform_names:Array(String)}, toString(platform)) AS platform_name,
    toString(account) AS account,
    toString(source) AS source,
    reason
FROM wxlive.source_status
WHERE day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
    AND day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
    AND state != 'complete'
ORDER BY missing_day, platform_name, account, source
LIMIT 200

-- one row a platform, account and source: how many days of the period are complete, partial, missing
SELECT
    transform(toString(platform), ['miniprogram', 'kandian', 'wecom'], {platform_names:Array(String)}, toString(platform)) AS platform_name,
    toString(account) AS account,
    toString(source) AS source,
    countIf(state = 'complete') AS complete_days,
    countIf(state = 'partial') AS partial_days,
    countIf(state = 'missing') AS missing_days,
    sum(received) AS received,
    toUnixTimestamp64Milli(max(watermark)) AS watermark_ms
FROM wxlive.source_status
WHERE day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
    AND day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
GROUP BY platform, account, source
ORDER BY missing_days DESC, partial_days DESC, indexOf(['miniprogram', 'kandian', 'wecom'], toString(platform)), account, source

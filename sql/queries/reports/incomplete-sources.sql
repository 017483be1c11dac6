-- one row a source whose data of the period is not complete
SELECT platform, account, source, toString(day) AS missing_day, state, reason
FROM wxlive.source_status
WHERE day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
    AND day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
    AND state != 'complete'
ORDER BY day, platform, account, source

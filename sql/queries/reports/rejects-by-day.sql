-- one row a day of the period and adapter: rejects
SELECT toString(toDate(received_at, {zone:String})) AS day, toString(adapter) AS series, count() AS value
FROM wxlive.rejects
WHERE received_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
GROUP BY day, series
ORDER BY day, series

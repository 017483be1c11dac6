-- one row a day, platform and source that changed after it was past, in a range of the times of change
SELECT DISTINCT toString(day) AS changed_day, platform, source
FROM wxlive.changed_days
WHERE changed_at > fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC') AND changed_at <= fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
ORDER BY changed_day, platform, source

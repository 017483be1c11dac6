-- one row a channel of the six largest and a day: its entrants
WITH largest AS
(
    SELECT channel
    FROM wxlive.channel_daily
    WHERE day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
        AND day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
    GROUP BY channel
    ORDER BY sum(entrants) DESC, channel
    LIMIT 6
)
SELECT toString(day) AS day, channel AS series, entrants AS value
FROM wxlive.channel_daily
WHERE wxlive.channel_daily.day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
    AND wxlive.channel_daily.day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
    AND channel IN (SELECT channel FROM largest)
ORDER BY day, series

-- one row a channel of the six that sold most and a day: its GMV
WITH largest AS
(
    SELECT channel
    FROM wxlive.channel_daily
    WHERE day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
        AND day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
    GROUP BY channel
    HAVING sum(gmv_fen) > 0
    ORDER BY sum(gmv_fen) DESC, channel
    LIMIT 6
)
SELECT toString(day) AS day, channel AS series, gmv_fen AS value
FROM wxlive.channel_daily
WHERE wxlive.channel_daily.day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
    AND wxlive.channel_daily.day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
    AND channel IN (SELECT channel FROM largest)
ORDER BY day, series

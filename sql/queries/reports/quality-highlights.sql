-- one row: rows taken and refused by the batches of a period, and days of sources that are not complete
SELECT
    sum(accepted) AS rows_accepted,
    sum(rejected) AS rows_rejected,
    (
        SELECT count()
        FROM wxlive.source_status
        WHERE day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
            AND day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
            AND state != 'complete'
    ) AS source_days_incomplete
FROM wxlive.batches
WHERE started_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND started_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')

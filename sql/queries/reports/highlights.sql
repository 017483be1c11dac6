-- one row: the key figures of a period over all platforms (people counted once)
SELECT
    (
        SELECT uniqExact(viewer)
        FROM
        (
            SELECT viewer
            FROM wxlive.events
            WHERE event = 'live_enter' AND NOT is_system
                AND event_time >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND event_time < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
            UNION ALL
            SELECT viewer
            FROM wxlive.attendance
            WHERE watch_seconds > 0
                AND live_day >= toDate(fromUnixTimestamp64Milli({from_ms:Int64}, {zone:String}))
                AND live_day <= toDate(fromUnixTimestamp64Milli({to_ms:Int64} - 1, {zone:String}))
        )
    ) AS viewers,
    uniqExactIf(viewer, event = 'order_pay') AS buyers,
    countIf(event = 'order_pay') AS orders,
    sumIf(ifNull(amount_fen, 0), event = 'order_pay') AS gmv_fen
FROM wxlive.events
WHERE event = 'order_pay' AND NOT is_system
    AND event_time >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND event_time < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')

-- one row a room whose GMV of the last minutes fell by a share against as many minutes before
SELECT platform, account, room_id, 1 - gmv_now / gmv_before AS fell
FROM
(
    SELECT
        platform, account, room_id,
        sumIf(ifNull(amount_fen, 0), event_time >= fromUnixTimestamp64Milli({now_ms:Int64} - {within_minutes:UInt32} * 60000, 'UTC')) AS gmv_now,
        sumIf(ifNull(amount_fen, 0), event_time < fromUnixTimestamp64Milli({now_ms:Int64} - {within_minutes:UInt32} * 60000, 'UTC')) AS gmv_before
    FROM wxlive.events
    WHERE event = 'order_pay' AND NOT is_system AND room_id != ''
        AND event_time >= fromUnixTimestamp64Milli({now_ms:Int64} - 2 * {within_minutes:UInt32} * 60000, 'UTC')
        AND event_time < fromUnixTimestamp64Milli({now_ms:Int64}, 'UTC')
        AND (empty({platforms:Array(String)}) OR has({platforms:Array(String)}, platform))
    GROUP BY platform, account, room_id
)
WHERE gmv_before >= {least_fen:UInt64} AND fell >= {share:Float64}
ORDER BY platform, account, room_id

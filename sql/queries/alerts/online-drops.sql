-- one row a room whose live is not known to have ended and whose online fell by a share of its peak of the last minutes
SELECT
    audience.platform AS platform, audience.account AS account, audience.room_id AS room_id,
    -- nobody there makes no row: where other rooms of the account tell of later minutes, this one is empty
    1 - if(audience.newest < audience.account_newest - INTERVAL 2 MINUTE, 0, audience.online_newest) / audience.online_peak AS fell
FROM
(
    SELECT *, max(newest) OVER (PARTITION BY platform, account) AS account_newest
    FROM
    (
        SELECT platform, account, room_id, argMax(online, minute) AS online_newest, max(online) AS online_peak, max(minute) AS newest
        FROM wxlive.audience_minute
        WHERE online IS NOT NULL AND minute < fromUnixTimestamp64Milli({now_ms:Int64}, 'UTC')
            AND minute >= fromUnixTimestamp64Milli({now_ms:Int64} - {within_minutes:UInt32} * 60000, 'UTC')
            AND (empty({platforms:Array(String)}) OR has({platforms:Array(String)}, platform))
        GROUP BY platform, account, room_id
    )
) AS audience
LEFT JOIN
(
    -- an end that only the last viewer tells is no end: that is what a drop to nobody looks like
    SELECT platform, account, room_id, max(toUnixTimestamp64Milli(assumeNotNull(ended_at))) AS ended_ms
    FROM wxlive.lives
    WHERE boundary_source IN ('callback', 'info') AND ended_at IS NOT NULL AND ended_at <= fromUnixTimestamp64Milli({now_ms:Int64}, 'UTC')
    GROUP BY platform, account, room_id
) AS live
    ON audience.platform = live.platform AND audience.account = live.account AND audience.room_id = live.room_id
WHERE audience.online_peak >= {least_online:UInt64} AND fell >= {share:Float64}
    AND live.ended_ms < {now_ms:Int64} - {within_minutes:UInt32} * 60000
ORDER BY platform, account, room_id

-- one row a minute of a live that began in the period: who was online at its last instant
SELECT
    toUnixTimestamp64Milli(toDateTime64(audience.minute, 3)) AS at_ms,
    audience.platform AS platform,
    if(live.title != '', live.title, audience.room_id) AS series,
    audience.online AS value
FROM
(
    SELECT platform, account, room_id, toTimeZone(minute, 'UTC') AS minute, online
    FROM wxlive.audience_minute
    WHERE minute >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND online IS NOT NULL
) AS audience
ASOF INNER JOIN
(
    SELECT platform, account, room_id, title, toTimeZone(assumeNotNull(started_at), 'UTC') AS started_at, ended_at
    FROM wxlive.lives
    WHERE started_at IS NOT NULL AND ended_at IS NOT NULL AND boundary_source != 'plan'
) AS live
    ON audience.platform = live.platform AND audience.account = live.account AND audience.room_id = live.room_id AND audience.minute >= live.started_at
WHERE live.started_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND live.started_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND audience.minute < live.ended_at
ORDER BY at_ms, series

-- one row a broadcast whose start is known, in UTC ms
SELECT
    toString(platform) AS platform,
    toString(account) AS account,
    room_id,
    toUnixTimestamp64Milli(assumeNotNull(started_at)) AS started_ms,
    if(ended_at IS NULL, NULL, toUnixTimestamp64Milli(assumeNotNull(ended_at))) AS ended_ms
FROM wxlive.lives
WHERE started_at IS NOT NULL

-- one row a broadcast whose start is known, in UTC ms; room_code: its room as a number of 53 bits
SELECT
    toString(platform) AS platform,
    toString(account) AS account,
    room_id,
    bitShiftRight(cityHash64(toString(platform), toString(account), room_id), 11) AS room_code,
    toUnixTimestamp64Milli(assumeNotNull(started_at)) AS started_ms,
    if(ended_at IS NULL, NULL, toUnixTimestamp64Milli(assumeNotNull(ended_at))) AS ended_ms
FROM wxlive.lives
WHERE started_at IS NOT NULL

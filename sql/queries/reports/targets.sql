-- one row a target
SELECT metric, period, ifNull(platform, '') AS platform, ifNull(room, '') AS room, ifNull(channel, '') AS channel, toString(account) AS account, target
FROM wxlive.targets

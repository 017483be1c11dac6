-- one row a target
SELECT account, metric, period, platform, room, channel, target
FROM wxlive_store.targets_store FINAL

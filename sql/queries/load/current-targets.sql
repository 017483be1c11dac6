-- one row a target
SELECT account, metric, period, platform, room, channel, target, batch_seq
FROM wxlive_store.targets_store FINAL

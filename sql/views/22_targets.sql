-- one row a target
CREATE OR REPLACE VIEW wxlive.targets
(
    metric LowCardinality(String) COMMENT '指标 | metric',
    period String COMMENT '期间 | period',
    platform Nullable(String) COMMENT '平台 | platform',
    room Nullable(String) COMMENT '直播间 | room',
    channel Nullable(String) COMMENT '渠道 | channel',
    target Float64 COMMENT '目标 | target',
    account LowCardinality(String) COMMENT '账号 | account'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT metric, period, nullIf(toString(platform), '') AS platform, nullIf(room, '') AS room, nullIf(channel, '') AS channel, target, account
FROM wxlive_store.targets_store FINAL
COMMENT '目标值 | targets'

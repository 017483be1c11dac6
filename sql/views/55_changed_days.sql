-- one row a past day that a batch changed
CREATE OR REPLACE VIEW wxlive.changed_days
(
    day Date COMMENT '日期（报表时区）| day in the report zone',
    platform LowCardinality(String) COMMENT '平台，无平台之分为空 | platform, empty where the fact has none',
    account LowCardinality(String) COMMENT '账号 | account',
    source LowCardinality(String) COMMENT '变动的内容：events、orders、minutes、wecom-watch 等 | what changed',
    batch_id String COMMENT '引起变动的批次，0 为崩溃后补记 | batch that changed it, 0 when made good after a kill',
    changed_at DateTime64(3, '{{zone}}') COMMENT '变动时间 | when it changed'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT day, platform, account, source, toString(batch_seq) AS batch_id, toTimeZone(changed_at, '{{zone}}') AS changed_at
FROM wxlive_store.changed_days FINAL
WHERE state = 'changed'
COMMENT '事后变动的日期：用过这些日期的报表需重新核对 | past days that changed afterwards: reports that used them are compared again'

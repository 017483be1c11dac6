-- one row a delivery
CREATE OR REPLACE VIEW wxlive.deliveries
(
    report LowCardinality(String) COMMENT '报表 | report',
    scheduled_at DateTime64(3, '{{zone}}') COMMENT '应发时间 | due',
    recipient String COMMENT '收件人 | recipient',
    channel LowCardinality(String) COMMENT '方式 | channel',
    state LowCardinality(String) COMMENT '状态 | state',
    detail String COMMENT '说明 | detail',
    written_at DateTime64(3, '{{zone}}') COMMENT '更新时间 | updated'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT report, toTimeZone(scheduled_at, '{{zone}}') AS scheduled_at, recipient, channel, state, detail,
    toTimeZone(written_at, '{{zone}}') AS written_at
FROM wxlive_store.deliveries_ledger FINAL
COMMENT '报表送达 | deliveries'

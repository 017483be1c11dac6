-- one row a delivery
CREATE OR REPLACE VIEW wxlive.deliveries
(
    report LowCardinality(String) COMMENT '报表 | report',
    scheduled_at DateTime64(3, '{{zone}}') COMMENT '应发时间 | due',
    issue UInt16 COMMENT '第几次发布：0 首次，其后为更正 | 0 the first issue, then corrections',
    recipient String COMMENT '收件人 | recipient',
    channel LowCardinality(String) COMMENT '方式 | channel',
    state LowCardinality(String) COMMENT '状态 | state',
    attempts UInt16 COMMENT '尝试次数 | attempts',
    message_id String COMMENT '邮件 Message-ID | Message-ID',
    detail String COMMENT '说明 | detail',
    written_at DateTime64(3, '{{zone}}') COMMENT '更新时间 | updated'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT report, toTimeZone(scheduled_at, '{{zone}}') AS scheduled_at, issue, recipient, channel, state, attempts, message_id, detail,
    toTimeZone(written_at, '{{zone}}') AS written_at
FROM wxlive_store.delivery_states_ledger
ORDER BY report, scheduled_at, issue, recipient, channel, version DESC
LIMIT 1 BY report, scheduled_at, issue, recipient, channel
COMMENT '报表送达 | deliveries'

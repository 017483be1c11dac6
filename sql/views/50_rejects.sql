-- one row a bad row
CREATE OR REPLACE VIEW wxlive.rejects
(
    reject_id UUID COMMENT '编号 | id',
    batch_id String COMMENT '批次 | batch',
    adapter LowCardinality(String) COMMENT '输入适配器 | adapter',
    place String COMMENT '位置 | place',
    code LowCardinality(String) COMMENT '原因代码 | reason code',
    reason String COMMENT '原因 | reason',
    preview String COMMENT '脱敏预览 | masked preview',
    received_at DateTime64(3, '{{zone}}') COMMENT '接收时间 | received',
    replayed_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '重放成功时间 | replayed'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT reject_id, batch_id, adapter, place, code, reason, preview, toTimeZone(received_at, '{{zone}}') AS received_at,
    toTimeZone(replayed_at, '{{zone}}') AS replayed_at
FROM wxlive_store.rejects_store FINAL
COMMENT '无法使用的行 | rows that could not be used'

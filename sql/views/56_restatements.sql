-- one row a list or a room's minutes of a batch
CREATE OR REPLACE VIEW wxlive.restatements
(
    batch_id String COMMENT '批次 | batch',
    kind LowCardinality(String) COMMENT '种类：attendance、minutes | kind',
    platform LowCardinality(String) COMMENT '平台 | platform',
    account LowCardinality(String) COMMENT '账号 | account',
    room_id String COMMENT '场次或直播间 | live or room',
    scope LowCardinality(String) COMMENT '名单范围 staff、outsiders，或分钟数据的来源 | scope of a list, source of minutes',
    outcome LowCardinality(String) COMMENT '结果：first 首次、newer 较新、equal 相同、older 较旧、shrunk 已接受变短、held 暂扣 | outcome',
    rows UInt64 COMMENT '本批行数 | rows of the batch',
    rows_before UInt64 COMMENT '此前行数 | rows that counted before',
    changed UInt64 COMMENT '新增或改变的行 | rows new or changed',
    vanished UInt64 COMMENT '不再存在的行 | rows that vanished',
    kept_scope LowCardinality(String) COMMENT '保持不变的另一范围，无则为空 | the other half, whose list stayed',
    exported_at DateTime64(3, '{{zone}}') COMMENT '本批导出时间 | when what the batch brings was made',
    exported_before Nullable(DateTime64(3, '{{zone}}')) COMMENT '此前导出时间 | when what counted before was made'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT toString(batch_seq) AS batch_id, kind, platform, account, room_id, scope, outcome, rows, rows_before, changed, vanished, kept_scope,
    toTimeZone(exported_at, '{{zone}}') AS exported_at, toTimeZone(exported_before, '{{zone}}') AS exported_before
FROM wxlive_store.restatements_store FINAL
COMMENT '名单与分钟数据如何与已有数据衔接 | how lists and minutes of a batch met those that were there'

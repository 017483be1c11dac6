-- one row a file or flush
CREATE OR REPLACE VIEW wxlive.batches
(
    batch_id String COMMENT '批次 | batch',
    file String COMMENT '文件名 | file',
    sha256 String COMMENT '文件指纹 | sha256',
    adapter LowCardinality(String) COMMENT '输入适配器 | adapter',
    account LowCardinality(String) COMMENT '账号 | account',
    rows UInt64 COMMENT '行数 | rows',
    accepted UInt64 COMMENT '接受 | accepted',
    duplicates UInt64 COMMENT '重复 | duplicates',
    rejected UInt64 COMMENT '拒绝 | rejected',
    held UInt64 COMMENT '暂扣 | held',
    conflicts UInt64 COMMENT '重复但内容或时间不同 | duplicates that differ',
    state LowCardinality(String) COMMENT '状态 | state',
    newer_by LowCardinality(String) COMMENT '以何判断新旧 | what decided which is newer',
    started_at DateTime64(3, '{{zone}}') COMMENT '开始 | start',
    seconds Float64 COMMENT '耗时（秒）| seconds'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT batch_id, file, sha256, adapter, account, rows, accepted, duplicates, rejected, held, conflicts, state, newer_by,
    toTimeZone(started_at, '{{zone}}') AS started_at, seconds
FROM wxlive_store.batches_ledger FINAL
COMMENT '导入批次 | files and flushes'

-- one row a report run
CREATE OR REPLACE VIEW wxlive.report_runs
(
    run_id String COMMENT '编号 | run',
    report LowCardinality(String) COMMENT '报表 | report',
    scheduled_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '应发时间，人工运行为空 | due; null when asked for by a person',
    issue UInt16 COMMENT '第几次发布：0 首次，其后为更正 | 0 the first issue, then corrections',
    period_from DateTime64(3, '{{zone}}') COMMENT '期间起 | from',
    period_to DateTime64(3, '{{zone}}') COMMENT '期间止（不含）| to',
    state LowCardinality(String) COMMENT '状态 | state',
    data_as_of DateTime64(3, '{{zone}}') COMMENT '数据截至 | data as of',
    files Array(String) COMMENT '文件 | files',
    started_at DateTime64(3, '{{zone}}') COMMENT '开始 | start',
    seconds Float64 COMMENT '耗时（秒）| seconds'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT run_id, report, toTimeZone(scheduled_at, '{{zone}}') AS scheduled_at, issue, toTimeZone(period_from, '{{zone}}') AS period_from,
    toTimeZone(period_to, '{{zone}}') AS period_to, state, toTimeZone(data_as_of, '{{zone}}') AS data_as_of, files,
    toTimeZone(started_at, '{{zone}}') AS started_at, seconds
FROM wxlive_store.report_runs_ledger
ORDER BY started_at DESC
LIMIT 1 BY run_id
COMMENT '报表运行 | report runs'

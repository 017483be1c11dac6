-- one row an export; a delivered report is one a recipient and channel
CREATE OR REPLACE VIEW wxlive.access_log
(
    at DateTime64(3, '{{zone}}') COMMENT '时间 | when',
    who String COMMENT '何人 | who',
    action LowCardinality(String) COMMENT '动作 | action',
    what String COMMENT '内容 | what',
    rows UInt64 COMMENT '行数 | rows',
    detail String COMMENT '说明 | detail'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT toTimeZone(at, '{{zone}}') AS at, who, action, what, rows, detail
FROM wxlive_store.access_ledger
UNION ALL
SELECT
    toTimeZone(delivery.written_at, '{{zone}}'), delivery.recipient, 'report', delivery.report, run.rows,
    concat(delivery.channel, ' ', delivery.state, ' ', arrayStringConcat(run.files, ', '))
FROM
(
    SELECT report, scheduled_at, issue, recipient, channel, state, written_at
    FROM wxlive_store.delivery_states_ledger
    WHERE NOT startsWith(report, 'alert:')
    ORDER BY report, scheduled_at, issue, recipient, channel, version DESC
    LIMIT 1 BY report, scheduled_at, issue, recipient, channel
) AS delivery
LEFT JOIN
(
    SELECT report, assumeNotNull(scheduled_at) AS scheduled_at, issue, rows, files
    FROM wxlive_store.report_runs_ledger
    WHERE scheduled_at IS NOT NULL
    ORDER BY started_at DESC
    LIMIT 1 BY report, scheduled_at, issue
) AS run
    ON delivery.report = run.report AND delivery.scheduled_at = run.scheduled_at AND delivery.issue = run.issue
WHERE delivery.state IN ('delivered', 'uncertain')
COMMENT '数据外发记录 | what left through wxlive'

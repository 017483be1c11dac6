-- one row an export
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
COMMENT '数据外发记录 | what left through wxlive'

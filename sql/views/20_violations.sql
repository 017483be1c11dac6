-- one row a punishment
CREATE OR REPLACE VIEW wxlive.violations
(
    punish_id String COMMENT '处罚号 | punishment',
    account LowCardinality(String) COMMENT '账号 | account',
    event_type UInt16 COMMENT '类型 | kind',
    punished_at DateTime64(3, '{{zone}}') COMMENT '处罚时间 | when',
    reason String COMMENT '原因 | why',
    rule_name String COMMENT '规则 | rule',
    rule_url String COMMENT '规则地址 | its page',
    deadline Nullable(DateTime64(3, '{{zone}}')) COMMENT '整改期限 | until when',
    detail String COMMENT '详情（JSON）| detail as JSON'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT punish_id, account, event_type, toTimeZone(punished_at, '{{zone}}') AS punished_at, reason, rule_name, rule_url,
    toTimeZone(deadline, '{{zone}}') AS deadline, detail
FROM wxlive_store.violations_store FINAL
COMMENT '平台处罚 | punishments of the platform'

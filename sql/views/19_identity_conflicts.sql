-- one row a refused link
CREATE OR REPLACE VIEW wxlive.identity_conflicts
(
    members Array(UUID) COMMENT '一同给出的标识 | pseudonyms given together',
    kinds Array(LowCardinality(String)) COMMENT '各自类型 | what each is',
    reason LowCardinality(String) COMMENT '原因 | reason',
    source LowCardinality(String) COMMENT '来自 | adapter',
    first_seen DateTime64(3, '{{zone}}') COMMENT '首次出现 | when'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT members, kinds, reason, source, toTimeZone(first_seen, '{{zone}}') AS first_seen
FROM wxlive_store.identity_conflicts_store FINAL
COMMENT '被拒绝的标识关联 | refused identity links'

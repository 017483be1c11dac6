-- one row a linked id
CREATE OR REPLACE VIEW wxlive.identities
(
    viewer UUID COMMENT '人的假名 | pseudonym of the person',
    member UUID COMMENT '标识的假名 | pseudonym of the id',
    kind LowCardinality(String) COMMENT '标识类型 | kind of id',
    first_seen DateTime64(3, '{{zone}}') COMMENT '首次得知 | when learnt',
    source LowCardinality(String) COMMENT '来自 | adapter that told'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT viewer, member, kind, toTimeZone(first_seen, '{{zone}}') AS first_seen, source
FROM wxlive_store.identities_store FINAL
COMMENT '已关联的标识 | linked ids'

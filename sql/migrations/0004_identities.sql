-- Which pseudonyms are one person.

CREATE TABLE IF NOT EXISTS wxlive_store.identities_store
(
    member UUID COMMENT 'pseudonym of one id',
    viewer UUID COMMENT 'smallest pseudonym of its group',
    kind LowCardinality(String) COMMENT 'unionid, openid, user_id',
    first_seen DateTime64(3, 'UTC') COMMENT 'when the link was learnt',
    source LowCardinality(String) COMMENT 'adapter that told',
    applied UInt8 COMMENT '0 until the stored facts of the member carry this viewer',
    version UInt64 COMMENT 'latest state counts'
)
ENGINE = {{replacing:version}}
ORDER BY member
SETTINGS {{durable}}
COMMENT 'linked ids, one row each';

CREATE TABLE IF NOT EXISTS wxlive_store.identity_conflicts_store
(
    members Array(UUID) COMMENT 'pseudonyms that were given together',
    kinds Array(LowCardinality(String)) COMMENT 'what each of them is',
    reason LowCardinality(String) COMMENT 'two_unionids or group_too_large',
    source LowCardinality(String) COMMENT 'adapter that told',
    first_seen DateTime64(3, 'UTC') COMMENT 'when it was refused first'
)
ENGINE = {{replacing:first_seen}}
ORDER BY (members, reason)
SETTINGS {{durable}}
COMMENT 'refused links';

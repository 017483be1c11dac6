-- People who were erased: what keeps them away, and what was done.

CREATE TABLE IF NOT EXISTS wxlive_store.tombstones_store
(
    hash FixedString(64) COMMENT 'SHA-256 in hex of kind and pseudonym (viewer), account and order (order), or live and name key (sign_in)',
    kind LowCardinality(String) COMMENT 'viewer, order, sign_in',
    through DateTime64(3, 'UTC') COMMENT 'records of this time or before are dropped; later ones are a new person',
    written_at DateTime64(3, 'UTC') COMMENT 'when'
)
ENGINE = {{replacing:through}}
ORDER BY hash
SETTINGS {{durable}}
COMMENT 'hashes of pseudonyms that were erased: a replay of older records does not bring them back';

CREATE TABLE IF NOT EXISTS wxlive_store.erasures_ledger
(
    erasure_seq UInt64 COMMENT 'number of the erasure; the days it changed stand under it in changed_days',
    tombstone FixedString(64) COMMENT 'hash of the person''s pseudonym',
    state LowCardinality(String) COMMENT 'begun, done',
    removed Map(String, UInt64) COMMENT 'rows removed, by table',
    blanked Map(String, UInt64) COMMENT 'rows of others or of nobody that named the person and do no longer, by table',
    began_at DateTime64(3, 'UTC') COMMENT 'when it began',
    written_at DateTime64(3, 'UTC') COMMENT 'when this state was written; the latest counts'
)
ENGINE = {{replacing:written_at}}
ORDER BY erasure_seq
SETTINGS {{durable}}
COMMENT 'erasures, one row each';

-- What batches changed: which past days, and how their lists and figures met those that were there.

CREATE TABLE IF NOT EXISTS wxlive_store.changed_days
(
    day Date COMMENT 'day in the report zone',
    platform LowCardinality(String) COMMENT 'platform; empty where the fact has none (costs)',
    account LowCardinality(String) COMMENT 'account',
    source LowCardinality(String) COMMENT 'what changed: events, orders, minutes, wecom-watch, wecom-signin, lives, rooms, links, employees, identities, costs, violations',
    batch_seq UInt64 COMMENT 'batch that changed it; 0 when made good after a kill or without a batch',
    state LowCardinality(String) COMMENT 'pending: about to change; changed; unchanged: nothing came of it',
    changed_at DateTime64(3, 'UTC') COMMENT 'never before the change could be seen, once the state is changed'
)
ENGINE = {{replacing:changed_at}}
ORDER BY (day, platform, account, source, batch_seq)
SETTINGS {{durable}}
COMMENT 'days that lay in the past when a batch changed them: reports that used them are compared again';

CREATE TABLE IF NOT EXISTS wxlive_store.restatements_store
(
    batch_seq UInt64 COMMENT 'batch',
    kind LowCardinality(String) COMMENT 'attendance or minutes',
    platform LowCardinality(String) COMMENT 'platform',
    account LowCardinality(String) COMMENT 'account',
    room_id String COMMENT 'live or room',
    scope LowCardinality(String) COMMENT 'staff or outsiders of a watch list, source of minutes',
    outcome LowCardinality(String) COMMENT 'first, newer, equal, older, shrunk (accepted), held',
    rows UInt64 COMMENT 'rows of the batch',
    rows_before UInt64 COMMENT 'rows that counted before',
    changed UInt64 COMMENT 'rows that are new or other than before',
    vanished UInt64 COMMENT 'rows that counted before and do no longer',
    kept_scope LowCardinality(String) COMMENT 'the other half of the live, whose list stayed as it was; empty when there is none',
    exported_at DateTime64(3, 'UTC') COMMENT 'when the platform made what the batch brings',
    exported_before Nullable(DateTime64(3, 'UTC')) COMMENT 'when it made what counted before',
    written_at DateTime64(3, 'UTC') COMMENT 'when this was written; the latest counts'
)
ENGINE = {{replacing:written_at}}
ORDER BY (batch_seq, kind, platform, account, room_id, scope)
SETTINGS {{durable}}
COMMENT 'how the lists and figures of a batch met those that were there';

-- What a batch stored is asked for when it ends; rows of one batch lie together where events come as they happen.
ALTER TABLE wxlive_store.events_store ADD INDEX IF NOT EXISTS batch_range batch_seq TYPE minmax GRANULARITY 1;

ALTER TABLE wxlive_store.order_facts_store ADD INDEX IF NOT EXISTS batch_range batch_seq TYPE minmax GRANULARITY 1;

-- Ledgers: append-only rows whose latest state counts, and the bad rows.

CREATE TABLE IF NOT EXISTS wxlive_store.warehouse_ledger
(
    name LowCardinality(String) COMMENT 'what is remembered: key_fingerprint, views_sha256, …',
    value String COMMENT 'its value',
    written_at DateTime64(3, 'UTC') COMMENT 'when it was written; the latest counts'
)
ENGINE = {{replacing:written_at}}
ORDER BY name
SETTINGS {{durable}}
COMMENT 'facts about the warehouse itself, one row a name';

CREATE TABLE IF NOT EXISTS wxlive_store.batches_ledger
(
    batch_seq UInt64 COMMENT 'order of batches, ascending in time',
    batch_id String COMMENT 'public name of the batch',
    file String COMMENT 'base name of the file, or the route of an HTTP flush',
    sha256 String COMMENT 'of the file as it came; empty for HTTP',
    adapter LowCardinality(String) COMMENT 'input adapter',
    account LowCardinality(String) COMMENT 'account given for rows that carry none',
    rows UInt64 COMMENT 'rows read',
    accepted UInt64 COMMENT 'rows stored by this batch',
    duplicates UInt64 COMMENT 'rows that were there already',
    rejected UInt64 COMMENT 'rows that cannot be used',
    held UInt64 COMMENT 'rows of a list that waits for --accept-shrink',
    conflicts UInt64 COMMENT 'duplicates that differ in time or content from what was accepted first',
    state LowCardinality(String) COMMENT 'loading, loaded, held, failed',
    newer_by LowCardinality(String) COMMENT 'what decided which figures are newer: rows, title, name, option, import',
    started_at DateTime64(3, 'UTC') COMMENT 'start of the batch',
    seconds Float64 COMMENT 'time the batch took',
    written_at DateTime64(3, 'UTC') COMMENT 'when this state was written; the latest counts'
)
ENGINE = {{replacing:written_at}}
ORDER BY batch_seq
SETTINGS {{durable}}
COMMENT 'one row a file or flush, latest state counts';

CREATE TABLE IF NOT EXISTS wxlive_store.rejects_store
(
    reject_id UUID COMMENT 'keyed hash of file and place: the same file again finds it here',
    batch_id String COMMENT 'batch that saw it first',
    adapter LowCardinality(String) COMMENT 'input adapter',
    account LowCardinality(String) COMMENT 'account given for the file',
    place String COMMENT 'where it stood: file:17, $[3], file!sheet!A17',
    code LowCardinality(String) COMMENT 'typed reason',
    reason String COMMENT 'the reason in words',
    preview String COMMENT 'the row with every id-like run masked',
    sealed String COMMENT 'the original, AES-256-GCM under a data key of its own, wrapped by the operator''s key',
    pseudonyms Array(UUID) COMMENT 'people the sealed original speaks of, where it could be parsed',
    received_at DateTime64(3, 'UTC') COMMENT 'when it came',
    replayed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when a replay accepted it',
    version UInt64 COMMENT 'latest state counts'
)
ENGINE = {{replacing:version}}
ORDER BY reject_id
SETTINGS {{durable}}
COMMENT 'rows that could not be used, one row each';

CREATE TABLE IF NOT EXISTS wxlive_store.access_ledger
(
    at DateTime64(3, 'UTC') COMMENT 'when',
    who String COMMENT 'system user or recipient',
    action LowCardinality(String) COMMENT 'report, export, lookup',
    what String COMMENT 'report or table',
    rows UInt64 COMMENT 'rows that left',
    detail String COMMENT 'format and period'
)
ENGINE = {{merge_tree}}
ORDER BY at
SETTINGS {{durable}}
COMMENT 'what left through wxlive';

CREATE TABLE IF NOT EXISTS wxlive_store.report_runs_ledger
(
    run_id String COMMENT 'name of the run',
    report LowCardinality(String) COMMENT 'report definition',
    period_from DateTime64(3, 'UTC') COMMENT 'first instant of the period',
    period_to DateTime64(3, 'UTC') COMMENT 'end of the period, not in it',
    state LowCardinality(String) COMMENT 'complete, provisional, failed',
    data_as_of DateTime64(3, 'UTC') COMMENT 'what the figures rest on',
    files Array(String) COMMENT 'base names of the files written',
    started_at DateTime64(3, 'UTC') COMMENT 'start of the run',
    seconds Float64 COMMENT 'time it took'
)
ENGINE = {{merge_tree}}
ORDER BY (report, started_at)
SETTINGS {{durable}}
COMMENT 'one row a report run';

CREATE TABLE IF NOT EXISTS wxlive_store.deliveries_ledger
(
    report LowCardinality(String) COMMENT 'report definition',
    scheduled_at DateTime64(3, 'UTC') COMMENT 'when it was due',
    recipient String COMMENT 'name of the recipient in the definition',
    channel LowCardinality(String) COMMENT 'folder, mail, robot, object-storage',
    state LowCardinality(String) COMMENT 'planned, waiting, rendering, sending, delivered, failed, uncertain',
    detail String COMMENT 'why, without personal data',
    written_at DateTime64(3, 'UTC') COMMENT 'when this state was written; the latest counts'
)
ENGINE = {{replacing:written_at}}
ORDER BY (report, scheduled_at, recipient, channel)
SETTINGS {{durable}}
COMMENT 'one row a report, scheduled time, recipient and channel';

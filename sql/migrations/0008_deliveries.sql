-- The states of deliveries, one row a state, and who schedules. The first table for them could not tell two writers apart and was never written.

DROP TABLE IF EXISTS wxlive_store.deliveries_ledger;

CREATE TABLE IF NOT EXISTS wxlive_store.delivery_states_ledger
(
    report LowCardinality(String) COMMENT 'report definition, or alert:NAME',
    scheduled_at DateTime64(3, 'UTC') COMMENT 'when it was due',
    issue UInt16 COMMENT '0: the first issue; then each correction',
    recipient String COMMENT 'name of the recipient in the definition',
    channel LowCardinality(String) COMMENT 'folder, smtp, wecom_robot, s3',
    version UInt32 COMMENT 'counts the states of one delivery from 1; the highest counts',
    state LowCardinality(String) COMMENT 'planned, waiting, rendering, sending, delivered, failed, uncertain',
    frozen Bool COMMENT 'what is sent lies encrypted in the outbox',
    step UInt8 COMMENT 'messages of this delivery that arrived for certain',
    attempts UInt16 COMMENT 'times a first byte was sent',
    next_at DateTime64(3, 'UTC') COMMENT 'not to be tried before',
    message_id String COMMENT 'Message-ID of the mail, the same at every attempt',
    detail String COMMENT 'why, without personal data',
    term UInt64 COMMENT 'term of the scheduler that wrote it; 0: a person',
    writer UUID COMMENT 'tells the writer whether its row was the one taken',
    written_at DateTime64(3, 'UTC') COMMENT 'when'
)
ENGINE = {{merge_tree}}
ORDER BY (report, scheduled_at, issue, recipient, channel, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000
COMMENT 'one row a state of a delivery; rows go in under a token of key and version, so that of two writers one is taken';

CREATE TABLE IF NOT EXISTS wxlive_store.scheduler_terms_ledger
(
    term UInt64 COMMENT 'counts from 1; the highest counts',
    holder UUID COMMENT 'the scheduler that has it',
    until DateTime64(3, 'UTC') COMMENT 'end of the term; a scheduler at work begins the next before',
    written_at DateTime64(3, 'UTC') COMMENT 'when'
)
ENGINE = {{merge_tree}}
ORDER BY term
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000
COMMENT 'who schedules: one row a term, taken under a token of its number';

ALTER TABLE wxlive_store.report_runs_ledger ADD COLUMN IF NOT EXISTS scheduled_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was due; null: asked for by a person';

ALTER TABLE wxlive_store.report_runs_ledger ADD COLUMN IF NOT EXISTS issue UInt16 COMMENT '0: the first issue; then each correction';

ALTER TABLE wxlive_store.report_runs_ledger ADD COLUMN IF NOT EXISTS figure_ids Array(String) COMMENT 'keyed hashes of where each figure stands, to find what moved later';

ALTER TABLE wxlive_store.report_runs_ledger ADD COLUMN IF NOT EXISTS figure_values Array(Nullable(Float64)) COMMENT 'the figures, in the order of figure_ids';

ALTER TABLE wxlive_store.report_runs_ledger ADD COLUMN IF NOT EXISTS rows UInt64 COMMENT 'rows of its tables';

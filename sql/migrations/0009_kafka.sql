-- What the loader remembers of Kafka: whose turn it is to store, how far it is, and which parts of a file have arrived.

-- Who has the loader lease: one row a claim (of each epoch only the first claim is stored: its deduplication token is
-- the epoch) and one row a sign of life.
CREATE TABLE IF NOT EXISTS wxlive_store.loader_lease_ledger
(
    epoch UInt64 COMMENT 'grows by one with every holder',
    holder String COMMENT 'random name of the holder',
    host String COMMENT 'machine of the holder',
    process_id UInt32 COMMENT 'process of the holder',
    state LowCardinality(String) COMMENT 'claimed, alive, released',
    at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'by the clock of the database'
)
ENGINE = {{merge_tree}}
ORDER BY (epoch, at)
TTL toDateTime(at) + INTERVAL 2 DAY WHERE state = 'alive'
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000
COMMENT 'the right to store what comes from Kafka, one process at a time';

CREATE TABLE IF NOT EXISTS wxlive_store.kafka_offsets_ledger
(
    cluster String COMMENT 'id of the Kafka cluster',
    topic LowCardinality(String) COMMENT 'topic',
    partition UInt32 COMMENT 'partition',
    first_offset Int64 COMMENT 'first message of the last range',
    last_offset Int64 COMMENT 'last message of the last range',
    state LowCardinality(String) COMMENT 'intended: about to be stored; done: stored',
    fingerprint String COMMENT 'time and checksum of the last message: another one at its place is another topic',
    version UInt64 COMMENT 'latest state counts: epoch of the lease, then a count'
)
ENGINE = {{replacing:version}}
ORDER BY (cluster, topic, partition)
SETTINGS {{durable}}
COMMENT 'how far each partition is stored';

CREATE TABLE IF NOT EXISTS wxlive_store.batch_parts_store
(
    batch_seq UInt64 COMMENT 'batch of a file that came through Kafka',
    part UInt32 COMMENT 'number of the message within the batch, from 0',
    rows UInt64 COMMENT 'rows in it',
    accepted UInt64 COMMENT 'rows of it that were stored',
    conflicts UInt64 COMMENT 'duplicates that differ from what was accepted first',
    held UInt8 COMMENT '1: its list waits for --accept-shrink',
    written_at DateTime64(3, 'UTC') COMMENT 'when it was loaded'
)
ENGINE = {{replacing:written_at}}
ORDER BY (batch_seq, part)
TTL toDateTime(written_at) + INTERVAL 90 DAY
SETTINGS {{durable}}
COMMENT 'which messages of a file are loaded';

CREATE TABLE IF NOT EXISTS wxlive_store.batch_ends_store
(
    batch_seq UInt64 COMMENT 'batch of a file that came through Kafka',
    parts UInt32 COMMENT 'how many messages it was sent in',
    entry String COMMENT 'what the import knows of it, JSON',
    written_at DateTime64(3, 'UTC') COMMENT 'when it came'
)
ENGINE = {{replacing:written_at}}
ORDER BY batch_seq
TTL toDateTime(written_at) + INTERVAL 90 DAY
SETTINGS {{durable}}
COMMENT 'files that were sent whole';

-- Behaviour events, and the facts that tell of orders.

CREATE TABLE IF NOT EXISTS wxlive_store.events_store
(
    event_key UInt128 COMMENT '48 bits of the stated time in ms, 80 bits of a keyed hash of account, adapter and event id',
    event_id String COMMENT 'idempotency key within account and adapter',
    platform LowCardinality(String) COMMENT 'miniprogram, kandian, wecom',
    account LowCardinality(String) COMMENT 'appid, corpid or domain',
    room_id LowCardinality(String) COMMENT 'room within the account; empty without one',
    viewer_key UUID COMMENT 'pseudonym of the id the event carried; never changes',
    viewer UUID COMMENT 'pseudonym of the person: smallest of the linked group',
    event LowCardinality(String) COMMENT 'canonical event name',
    event_original LowCardinality(String) COMMENT 'name as it came',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for clock skew',
    stated_time DateTime64(3, 'UTC') COMMENT 'when it says it happened',
    received_at DateTime64(3, 'UTC') COMMENT 'when it arrived',
    scene Nullable(UInt32) COMMENT 'scene code of WeChat',
    utm_source LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_medium LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_campaign LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_content LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_term LowCardinality(String) COMMENT 'explicit utm, as carried',
    chan_id LowCardinality(String) COMMENT 'channel id of Tencent 有数, as carried',
    link_code LowCardinality(String) COMMENT 'link code, as carried',
    referrer_host LowCardinality(String) COMMENT 'host of the referrer',
    referrer_group LowCardinality(String) COMMENT 'search, social, email, internal, or empty',
    malformed_url UInt8 COMMENT '1 when the URL had to be read as far as possible',
    referrer_viewer Nullable(UUID) COMMENT 'pseudonym of who shared the link',
    goods_id String COMMENT 'goods of the event',
    order_id String COMMENT 'order of the event',
    refund_id String COMMENT 'refund of the event',
    amount_fen Nullable(Int64) COMMENT 'amount in fen',
    watch_ms Nullable(Int64) COMMENT 'watch time the event reports, in ms',
    props Map(LowCardinality(String), String) COMMENT 'further properties; lists as JSON text',
    adapter LowCardinality(String) COMMENT 'input adapter',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (toStartOfHour(event_time), platform, account, room_id, event, event_key)
SETTINGS {{durable}}, enable_block_number_column = 1, enable_block_offset_column = 1
COMMENT 'one row an event that is not about an order; free of duplicates by the loader''s test before the insert';

-- One row a fact about an order: a tracked event, or what an orders file says (pay, refund, status).
CREATE TABLE IF NOT EXISTS wxlive_store.order_facts_store
(
    event_key UInt128 COMMENT '48 bits of the stated time in ms, 80 bits of a keyed hash of account, adapter and event id',
    event_id String COMMENT 'idempotency key within account and adapter',
    platform LowCardinality(String) COMMENT 'miniprogram, kandian, wecom',
    account LowCardinality(String) COMMENT 'appid, corpid or domain',
    room_id LowCardinality(String) COMMENT 'room within the account; empty without one',
    viewer_key UUID COMMENT 'pseudonym of the id the event carried; never changes',
    viewer UUID COMMENT 'pseudonym of the person: smallest of the linked group',
    event LowCardinality(String) COMMENT 'canonical event name',
    event_original LowCardinality(String) COMMENT 'name as it came',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for clock skew',
    stated_time DateTime64(3, 'UTC') COMMENT 'when it says it happened',
    received_at DateTime64(3, 'UTC') COMMENT 'when it arrived',
    scene Nullable(UInt32) COMMENT 'scene code of WeChat',
    utm_source LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_medium LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_campaign LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_content LowCardinality(String) COMMENT 'explicit utm, as carried',
    utm_term LowCardinality(String) COMMENT 'explicit utm, as carried',
    chan_id LowCardinality(String) COMMENT 'channel id of Tencent 有数, as carried',
    link_code LowCardinality(String) COMMENT 'link code, as carried',
    referrer_host LowCardinality(String) COMMENT 'host of the referrer',
    referrer_group LowCardinality(String) COMMENT 'search, social, email, internal, or empty',
    malformed_url UInt8 COMMENT '1 when the URL had to be read as far as possible',
    referrer_viewer Nullable(UUID) COMMENT 'pseudonym of who shared the link',
    goods_id String COMMENT 'goods of the event',
    order_id String COMMENT 'order of the event',
    refund_id String COMMENT 'refund of the event',
    amount_fen Nullable(Int64) COMMENT 'amount in fen',
    watch_ms Nullable(Int64) COMMENT 'watch time the event reports, in ms',
    props Map(LowCardinality(String), String) COMMENT 'further properties; lists as JSON text',
    adapter LowCardinality(String) COMMENT 'input adapter',
    batch_seq UInt64 COMMENT 'batch that stored it',
    fact_key UInt128 COMMENT 'event_key of a tracked event; 0 for the orders file, whose later row replaces the earlier',
    account_stated UInt8 COMMENT '0: the orders file named no account, it takes that of the tracked order it meets',
    order_status LowCardinality(String) COMMENT 'status the orders file tells: created, paid, refunded, closed'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (order_id, event, refund_id, adapter, account, fact_key)
SETTINGS {{durable}}, enable_block_number_column = 1, enable_block_offset_column = 1
COMMENT 'all that is known of orders, by whom';

CREATE TABLE IF NOT EXISTS wxlive_store.recent_keys_store
(
    key_hash UInt128 COMMENT 'the 80 bits of event_key that do not hold the time',
    stated_ms Int64 COMMENT 'stated time of the accepted event',
    content_hash UInt64 COMMENT 'of its content; 0 when not known',
    received_at DateTime('UTC') COMMENT 'when it was accepted',
    batch_seq UInt64 COMMENT 'batch that accepted it'
)
ENGINE = {{merge_tree}}
ORDER BY key_hash
TTL received_at + INTERVAL 35 DAY
SETTINGS {{durable}}
COMMENT 'keys accepted in the last 35 days, to know the same event under another time or with other content';

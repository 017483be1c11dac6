-- no row: stores the facts about orders of the body that are wanted (load/event-columns.ts makes the blocks)
INSERT INTO wxlive_store.order_facts_store
    (event_key, viewer, batch_seq, received_at, viewer_key, event_time, stated_time, event_id, platform, account, room_id, event,
    event_original, scene, utm_source, utm_medium, utm_campaign, utm_content, utm_term, chan_id, link_code, referrer_host, referrer_group,
    malformed_url, referrer_viewer, goods_id, order_id, refund_id, amount_fen, watch_ms, props, adapter,
    fact_key, account_stated, order_status)
SELECT
    event_key, viewer, {batch_seq:UInt64} AS batch_seq, received_at, viewer_key, event_time, stated_time, event_id, platform, account, room_id, event,
    event_original, scene, utm_source, utm_medium, utm_campaign, utm_content, utm_term, chan_id, link_code, referrer_host, referrer_group,
    malformed_url, referrer_viewer, goods_id, order_id, refund_id, amount_fen, watch_ms, props, adapter,
    fact_key, account_stated, order_status
FROM input('event_key UInt128, viewer UUID, received_at DateTime64(3, \'UTC\'), viewer_key UUID, event_time DateTime64(3, \'UTC\'), stated_time DateTime64(3, \'UTC\'),
    event_id String, platform LowCardinality(String), account LowCardinality(String), room_id LowCardinality(String), event LowCardinality(String),
    event_original LowCardinality(String), scene Nullable(UInt32), utm_source LowCardinality(String), utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String), utm_content LowCardinality(String), utm_term LowCardinality(String), chan_id LowCardinality(String),
    link_code LowCardinality(String), referrer_host LowCardinality(String), referrer_group LowCardinality(String), malformed_url UInt8,
    referrer_viewer Nullable(UUID), goods_id String, order_id String, refund_id String, amount_fen Nullable(Int64), watch_ms Nullable(Int64),
    props Map(LowCardinality(String), String), adapter LowCardinality(String),
    fact_key UInt128, account_stated UInt8, order_status LowCardinality(String), wanted UInt8')
WHERE wanted
FORMAT Native

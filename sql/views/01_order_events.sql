-- one row an event about an order: one order_create, one order_pay, one order_refund a refund id, whoever told
CREATE OR REPLACE VIEW wxlive_store.order_events
AS
WITH
    facts AS
    (
        SELECT
            *,
            adapter = 'orders' AS from_file,
            -- A file that names no account means the order it meets, when only one account has it.
            if(
                from_file AND account_stated = 0 AND length(tracked_accounts) = 1,
                tracked_accounts[1],
                account
            ) AS order_account,
            groupUniqArrayIf(account, adapter != 'orders') OVER (PARTITION BY order_id) AS tracked_accounts
        FROM wxlive_store.order_facts_store FINAL
    ),
    keyed AS
    (
        SELECT
            *,
            -- A refund the file tells without an id is the refund of the order.
            if(event = 'order_refund' AND NOT file_refunds_whole, refund_id, '') AS refund_key,
            max(from_file AND event = 'order_refund' AND refund_id = '' AND amount_fen > 0)
                OVER (PARTITION BY order_account, order_id) AS file_refunds_whole
        FROM facts
        WHERE event IN ('order_create', 'order_pay', 'order_refund')
            AND NOT (from_file AND event = 'order_refund' AND ifNull(amount_fen, 0) = 0)
    ),
    chosen AS
    (
        SELECT
            order_account,
            order_id,
            event,
            refund_key,
            -- The first accepted tracked event stands for all; the file's row only where nobody tracked it.
            argMin(
                tuple(event_key, event_id, platform, room_id, viewer_key, viewer, event_original, stated_time, received_at, scene, utm_source, utm_medium, utm_campaign, utm_content, utm_term, chan_id, link_code, referrer_host, referrer_group, malformed_url, referrer_viewer, goods_id, watch_ms, props, adapter, batch_seq, event_time, amount_fen, refund_id),
                tuple(from_file, batch_seq, event_time, event_id)
            ) AS fact,
            maxIf(event_time, from_file) AS file_time,
            anyIf(amount_fen, from_file) AS file_amount_fen,
            countIf(from_file) > 0 AS file_tells,
            countIf(NOT from_file) > 0 AS tracking_tells
        FROM keyed
        GROUP BY order_account, order_id, event, refund_key
    )
-- The types are those of the stored events: where they differ, every row of wxlive_store.event_rows is converted.
SELECT
    fact.1 AS event_key,
    fact.2 AS event_id,
    toLowCardinality(fact.3) AS platform,
    toLowCardinality(fact.4) AS room_id,
    fact.5 AS viewer_key,
    fact.6 AS viewer,
    toLowCardinality(fact.7) AS event_original,
    fact.8 AS stated_time,
    fact.9 AS received_at,
    fact.10 AS scene,
    toLowCardinality(fact.11) AS utm_source,
    toLowCardinality(fact.12) AS utm_medium,
    toLowCardinality(fact.13) AS utm_campaign,
    toLowCardinality(fact.14) AS utm_content,
    toLowCardinality(fact.15) AS utm_term,
    toLowCardinality(fact.16) AS chan_id,
    toLowCardinality(fact.17) AS link_code,
    toLowCardinality(fact.18) AS referrer_host,
    toLowCardinality(fact.19) AS referrer_group,
    fact.20 AS malformed_url,
    fact.21 AS referrer_viewer,
    fact.22 AS goods_id,
    fact.23 AS watch_ms,
    CAST(fact.24, 'Map(LowCardinality(String), String)') AS props,
    toLowCardinality(fact.25) AS adapter,
    fact.26 AS batch_seq,
    toLowCardinality(order_account) AS account,
    order_id,
    event,
    fact.29 AS refund_id,
    if(file_tells, file_time, fact.27) AS event_time,
    if(file_tells AND file_amount_fen IS NOT NULL, file_amount_fen, fact.28) AS amount_fen,
    file_tells,
    tracking_tells
FROM chosen

-- one row an order
CREATE OR REPLACE VIEW wxlive.orders
(
    order_id String COMMENT '订单号 | order',
    viewer UUID COMMENT '买家假名 | pseudonym of the buyer',
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一，空为无 | room, unique within its account, empty without one',
    created_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '下单时间 | created',
    paid_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '支付时间，未支付为空 | paid, null when not',
    amount_fen Nullable(Int64) COMMENT '实付金额（分）| paid amount in fen',
    refund_fen Int64 COMMENT '退款金额（分）| refunded amount in fen',
    status LowCardinality(String) COMMENT '状态：created、paid、refunded、closed | status',
    told_by LowCardinality(String) COMMENT '谁告知：tracking、file、both | who told'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    told AS
    (
        SELECT
            account, order_id,
            argMin(tuple(viewer, platform, room_id), tuple(adapter = 'orders', batch_seq, event_time, event_id)) AS who,
            minIf(event_time, event = 'order_create') AS created,
            countIf(event = 'order_create') > 0 AS has_create,
            minIf(event_time, event = 'order_pay') AS paid,
            countIf(event = 'order_pay') > 0 AS has_pay,
            anyIf(amount_fen, event = 'order_pay') AS pay_fen,
            anyIf(amount_fen, event = 'order_create') AS create_fen,
            sumIf(ifNull(amount_fen, 0), event = 'order_refund') AS refunded_fen,
            countIf(event = 'order_refund') > 0 AS has_refund,
            max(tracking_tells) AS tracked
        FROM wxlive_store.order_events
        GROUP BY account, order_id
    ),
    filed AS
    (
        SELECT
            order_id,
            if(account_stated = 0 AND length(tracked_accounts) = 1, tracked_accounts[1], account) AS account,
            argMax(order_status, batch_seq) AS file_status,
            argMax(tuple(viewer, platform, room_id), batch_seq) AS file_who,
            argMax(amount_fen, batch_seq) AS file_fen,
            argMax(tuple(event_time, watch_ms), batch_seq) AS file_created
        FROM
        (
            SELECT *, groupUniqArrayIf(account, adapter != 'orders') OVER (PARTITION BY order_id) AS tracked_accounts
            FROM wxlive_store.order_facts_store FINAL
        )
        WHERE event = 'order_status'
        GROUP BY order_id, account
    )
SELECT
    if(told.order_id != '', told.order_id, filed.order_id) AS order_id,
    if(told.order_id != '', told.who.1, filed.file_who.1) AS viewer,
    if(told.order_id != '', told.who.2, filed.file_who.2) AS platform,
    if(told.order_id != '', told.account, filed.account) AS account,
    if(told.order_id != '', told.who.3, filed.file_who.3) AS room_id,
    -- watch_ms 1 marks that the file itself told the creation time
    multiIf(has_create, toTimeZone(created, '{{zone}}'), filed.file_created.2 = 1, toTimeZone(filed.file_created.1, '{{zone}}'), NULL) AS created_at,
    if(has_pay, toTimeZone(paid, '{{zone}}'), NULL) AS paid_at,
    multiIf(has_pay, pay_fen, has_create, create_fen, filed.file_fen) AS amount_fen,
    refunded_fen AS refund_fen,
    multiIf(file_status != '', toString(file_status), has_refund AND refunded_fen >= pay_fen, 'refunded', has_pay, 'paid', 'created') AS status,
    multiIf(tracked AND file_status != '', 'both', file_status != '', 'file', 'tracking') AS told_by
FROM told
FULL JOIN filed ON told.order_id = filed.order_id AND told.account = filed.account
COMMENT '订单，一单一行，埋点与订单文件按订单号合并 | orders, one row each, tracking and orders file met by order_id'

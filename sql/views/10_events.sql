-- one row an event
CREATE OR REPLACE VIEW wxlive.events
(
    event_id String COMMENT '事件号，在账号与适配器内唯一 | idempotency key within account and adapter',
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一，空为无 | room, unique within its account, empty without one',
    viewer UUID COMMENT '观众假名，关联的标识共用一个 | pseudonym of the person, one for all linked ids',
    event LowCardinality(String) COMMENT '标准事件名 | canonical event name',
    event_original LowCardinality(String) COMMENT '原始事件名 | event name as it came',
    event_time DateTime64(3, '{{zone}}') COMMENT '发生时间 | when it happened',
    received_at DateTime64(3, '{{zone}}') COMMENT '接收时间 | when it arrived',
    scene Nullable(UInt32) COMMENT '微信场景值 | scene code of WeChat',
    is_system Bool COMMENT '系统场景（爬虫、测试），不计入任何统计 | crawler or test traffic, in no count',
    channel Nullable(String) COMMENT '此事件自身携带的渠道，无则为空 | channel this event itself carried, null without one',
    utm_source Nullable(String) COMMENT '来源 | utm source',
    utm_medium Nullable(String) COMMENT '媒介 | utm medium',
    utm_campaign Nullable(String) COMMENT '活动 | utm campaign',
    utm_content Nullable(String) COMMENT '素材版本 | utm content, the poster variant',
    utm_term Nullable(String) COMMENT '关键词 | utm term',
    link_code Nullable(String) COMMENT '链接码 | link code',
    referrer_host Nullable(String) COMMENT '来源网站 | host of the referrer',
    referrer_viewer Nullable(UUID) COMMENT '分享者假名 | pseudonym of who shared the link',
    goods_id Nullable(String) COMMENT '商品 | goods',
    order_id Nullable(String) COMMENT '订单号 | order',
    amount_fen Nullable(Int64) COMMENT '金额（分）| amount in fen',
    watch_ms Nullable(Int64) COMMENT '事件自报的观看时长（毫秒）| watch time the event reports, in ms',
    props Map(LowCardinality(String), String) COMMENT '其他属性，列表为 JSON 文本 | further properties, lists as JSON text',
    adapter LowCardinality(String) COMMENT '输入适配器 | input adapter',
    batch_id String COMMENT '导入批次 | batch that stored it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, platform, account, room_id, viewer, event, event_original,
    toTimeZone(event_time, '{{zone}}') AS event_time,
    toTimeZone(received_at, '{{zone}}') AS received_at,
    scene, is_system,
    if(has_evidence, resolved_channel, NULL) AS channel,
    nullIf(resolved_utm_source, '') AS utm_source,
    nullIf(resolved_utm_medium, '') AS utm_medium,
    nullIf(resolved_utm_campaign, '') AS utm_campaign,
    nullIf(resolved_utm_content, '') AS utm_content,
    nullIf(resolved_utm_term, '') AS utm_term,
    nullIf(resolved_link_code, '') AS link_code,
    nullIf(toString(referrer_host), '') AS referrer_host,
    referrer_viewer,
    nullIf(goods_id, '') AS goods_id,
    nullIf(order_id, '') AS order_id,
    amount_fen, watch_ms, props, adapter,
    {{batch_id}} AS batch_id
FROM wxlive_store.event_channels
COMMENT '行为事件，一行一个事件，任何时候都没有重复 | behaviour events, one row each, no duplicates at any time'

-- one row a touch
CREATE OR REPLACE VIEW wxlive.touches
(
    touch_time DateTime64(3, '{{zone}}') COMMENT '第一次进入的时间 | time of the first entry',
    viewer UUID COMMENT '观众假名 | pseudonym of the person',
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一，空为无 | room, unique within its account, empty without one',
    channel String COMMENT '渠道 | channel',
    utm_source Nullable(String) COMMENT '来源 | utm source',
    utm_medium Nullable(String) COMMENT '媒介 | utm medium',
    utm_campaign Nullable(String) COMMENT '活动 | utm campaign',
    utm_content Nullable(String) COMMENT '素材版本 | utm content, the poster variant',
    utm_term Nullable(String) COMMENT '关键词 | utm term',
    link_code Nullable(String) COMMENT '链接码 | link code',
    scene Nullable(UInt32) COMMENT '微信场景值 | scene code',
    referrer_host Nullable(String) COMMENT '来源网站 | host of the referrer',
    event_id String COMMENT '开始触点的事件 | event that began the touch'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    toTimeZone(touch_time, '{{zone}}') AS touch_time, viewer, platform, account, room_id, channel,
    nullIf(utm_source, '') AS utm_source, nullIf(utm_medium, '') AS utm_medium, nullIf(utm_campaign, '') AS utm_campaign,
    nullIf(utm_content, '') AS utm_content, nullIf(utm_term, '') AS utm_term, nullIf(link_code, '') AS link_code,
    scene, nullIf(toString(referrer_host), '') AS referrer_host, event_id
FROM wxlive_store.touch_rows
COMMENT '触点：同一观众同一来源证据、相隔不到 30 分钟的进入合为一个 | touches: entries of a viewer with the same evidence, each under 30 minutes after the last'

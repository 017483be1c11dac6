-- one row a registered code
CREATE OR REPLACE VIEW wxlive.links
(
    code String COMMENT '链接码 | code',
    kind LowCardinality(String) COMMENT '链接类型 | kind',
    utm_source String COMMENT '来源 | utm source',
    utm_medium String COMMENT '媒介 | utm medium',
    utm_campaign String COMMENT '活动 | utm campaign',
    utm_content String COMMENT '素材 | utm content',
    utm_term String COMMENT '关键词 | utm term',
    platform LowCardinality(String) COMMENT '平台 | platform',
    account LowCardinality(String) COMMENT '账号 | account',
    room_id String COMMENT '直播间 | room',
    target_url String COMMENT '目标地址 | target',
    owner String COMMENT '负责人 | owner',
    created_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '创建时间 | created',
    expires_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '失效时间 | expires',
    note String COMMENT '备注 | note',
    clicks UInt64 COMMENT '带此码的触点数 | touches that carried the code',
    first_seen Nullable(DateTime64(3, '{{zone}}')) COMMENT '首次出现 | first seen',
    last_seen Nullable(DateTime64(3, '{{zone}}')) COMMENT '最近出现 | last seen'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    registry.code AS code, registry.link_kind AS kind, registry.utm_source AS utm_source, registry.utm_medium AS utm_medium,
    registry.utm_campaign AS utm_campaign, registry.utm_content AS utm_content, registry.utm_term AS utm_term,
    registry.platform AS platform, registry.account AS account, registry.room_id AS room_id, registry.target_url AS target_url,
    registry.owner AS owner, toTimeZone(registry.created_at, '{{zone}}') AS created_at,
    toTimeZone(registry.expires_at, '{{zone}}') AS expires_at, registry.note AS note,
    seen.clicks AS clicks,
    if(seen.clicks > 0, toTimeZone(seen.first_seen, '{{zone}}'), NULL) AS first_seen,
    if(seen.clicks > 0, toTimeZone(seen.last_seen, '{{zone}}'), NULL) AS last_seen
FROM (SELECT * FROM wxlive_store.links_store FINAL) AS registry
LEFT JOIN
(
    SELECT link_code, count() AS clicks, min(touch_time) AS first_seen, max(touch_time) AS last_seen
    FROM wxlive_store.touch_rows
    WHERE link_code != ''
    GROUP BY link_code
) AS seen ON registry.code = seen.link_code
COMMENT '链接登记表 | link registry'

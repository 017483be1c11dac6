-- one row an event
CREATE OR REPLACE VIEW wxlive.event_touches
(
    event_id String COMMENT '事件号 | event',
    adapter LowCardinality(String) COMMENT '输入适配器 | input adapter',
    account LowCardinality(String) COMMENT '账号 | account',
    touch_time Nullable(DateTime64(3, '{{zone}}')) COMMENT '触点时间，无触点为空 | time of the touch, null without one',
    channel Nullable(String) COMMENT '渠道 | channel',
    utm_source Nullable(String) COMMENT '来源 | utm source',
    utm_medium Nullable(String) COMMENT '媒介 | utm medium',
    utm_campaign Nullable(String) COMMENT '活动 | utm campaign',
    utm_content Nullable(String) COMMENT '素材版本 | utm content, the poster variant',
    utm_term Nullable(String) COMMENT '关键词 | utm term',
    link_code Nullable(String) COMMENT '链接码 | link code'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, adapter, account,
    if(has_touch, toTimeZone(touched_at, '{{zone}}'), NULL) AS touch_time,
    if(has_touch, touch_channel, NULL) AS channel,
    if(has_touch, nullIf(touch_utm_source, ''), NULL) AS utm_source,
    if(has_touch, nullIf(touch_utm_medium, ''), NULL) AS utm_medium,
    if(has_touch, nullIf(touch_utm_campaign, ''), NULL) AS utm_campaign,
    if(has_touch, nullIf(touch_utm_content, ''), NULL) AS utm_content,
    if(has_touch, nullIf(touch_utm_term, ''), NULL) AS utm_term,
    if(has_touch, nullIf(touch_link_code, ''), NULL) AS link_code
FROM wxlive_store.event_touch_rows
COMMENT '事件所属的触点：观众 30 天内、事件当时或之前的最后一个 | the touch an event belongs to: the last at or before it within 30 days'

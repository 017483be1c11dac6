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
    touched_at AS touch_time,
    nullIf(touch_channel, '') AS channel,
    nullIf(touch_utm_source, '') AS utm_source,
    nullIf(touch_utm_medium, '') AS utm_medium,
    nullIf(touch_utm_campaign, '') AS utm_campaign,
    nullIf(touch_utm_content, '') AS utm_content,
    nullIf(touch_utm_term, '') AS utm_term,
    nullIf(touch_link_code, '') AS link_code
FROM wxlive_store.event_touch_rows
COMMENT '事件所属的触点：观众 {{touch_reach_days}} 天内、事件当时或之前的最后一个 | the touch an event belongs to: the last at or before it within {{touch_reach_days}} days'

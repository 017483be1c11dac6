-- one row a broadcast
CREATE OR REPLACE VIEW wxlive.lives
(
    live_id String COMMENT '场次 | broadcast',
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一 | room, unique within its account',
    title String COMMENT '标题 | title',
    anchor String COMMENT '主播 | anchor',
    planned_start Nullable(DateTime64(3, '{{zone}}')) COMMENT '计划开始 | planned start',
    planned_end Nullable(DateTime64(3, '{{zone}}')) COMMENT '计划结束 | planned end',
    started_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '实际开始 | actual start',
    ended_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '实际结束 | actual end',
    boundary_source LowCardinality(String) COMMENT '起止由谁告知：callback、info、minutes、plan、day | who told the bounds'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    live_id, platform, account, room_id, title, anchor,
    toTimeZone(planned_start, '{{zone}}') AS planned_start, toTimeZone(planned_end, '{{zone}}') AS planned_end,
    toTimeZone(started_at, '{{zone}}') AS started_at, toTimeZone(ended_at, '{{zone}}') AS ended_at, boundary_source
FROM wxlive_store.live_rows
UNION ALL
-- Where nobody tells, a room's live is its day.
SELECT DISTINCT live_id, platform, account, room_id, '', '', NULL, NULL, NULL, NULL, 'day'
FROM wxlive_store.live_events
WHERE endsWith(live_id, concat('@', toString(day)))
COMMENT '场次：起止以推流回调、平台详情、分钟数据、计划为先后 | broadcasts, bounds by push callback, info, minutes, plan'

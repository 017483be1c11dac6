-- one row a room
CREATE OR REPLACE VIEW wxlive.rooms
(
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一，空为无 | room, unique within its account, empty without one',
    title String COMMENT '标题 | title',
    anchor String COMMENT '主播 | anchor',
    start_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '计划开始 | planned start',
    end_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '计划结束 | planned end',
    status LowCardinality(String) COMMENT '平台状态码 | status code of the platform'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT platform, account, room_id, title, anchor, toTimeZone(start_at, '{{zone}}') AS start_at, toTimeZone(end_at, '{{zone}}') AS end_at, status
FROM wxlive_store.rooms_store FINAL
COMMENT '直播间 | rooms'

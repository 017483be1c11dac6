-- one row a platform, account, room and minute
CREATE OR REPLACE VIEW wxlive.minutes
(
    platform LowCardinality(String) COMMENT '平台：miniprogram、kandian、wecom | platform',
    account LowCardinality(String) COMMENT '账号：appid、corpid 或域名 | account: appid, corpid or domain',
    room_id String COMMENT '直播间，仅在账号内唯一，空为无 | room, unique within its account, empty without one',
    minute DateTime64(3, '{{zone}}') COMMENT '分钟起点 | start of the minute',
    online Nullable(Int64) COMMENT '在线人数 | online',
    viewers Nullable(Int64) COMMENT '观看人数（分钟内去重，不可相加）| uv of the minute, not additive',
    views Nullable(Int64) COMMENT '观看次数 | pv',
    viewers_new Nullable(Int64) COMMENT '新观众 | new viewers',
    likes Nullable(Int64) COMMENT '点赞 | likes',
    comments Nullable(Int64) COMMENT '评论 | comments',
    shares Nullable(Int64) COMMENT '分享 | shares',
    requests Nullable(Int64) COMMENT '请求数 | requests',
    flux_mb Nullable(Float64) COMMENT '流量（MB）| traffic in MB',
    bandwidth_mbps Nullable(Float64) COMMENT '带宽（Mbps）| bandwidth',
    source String COMMENT '导出方 | who exported',
    exported_at DateTime64(3, '{{zone}}') COMMENT '导出时间 | when exported',
    revision UInt32 COMMENT '第几次数值 | revision of the figure'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    platform, account, room_id, toTimeZone(minute, '{{zone}}') AS minute,
    argMin(figures.online, priority) AS online,
    argMin(figures.viewers, priority) AS viewers,
    argMin(figures.views, priority) AS views,
    argMin(figures.viewers_new, priority) AS viewers_new,
    argMin(figures.likes, priority) AS likes,
    argMin(figures.comments, priority) AS comments,
    argMin(figures.shares, priority) AS shares,
    argMin(figures.requests, priority) AS requests,
    argMin(figures.flux_mb, priority) AS flux_mb,
    argMin(figures.bandwidth_mbps, priority) AS bandwidth_mbps,
    arrayStringConcat(arraySort(groupUniqArray(toString(figures.source))), ',') AS source,
    toTimeZone(max(figures.exported_at), '{{zone}}') AS exported_at,
    max(figures.revision) AS revision
FROM
(
    -- The platform's own summary before the network's counters, then by name.
    SELECT *, tuple(source = 'tencent-css', source) AS priority FROM wxlive_store.minutes_store FINAL
) AS figures
GROUP BY platform, account, room_id, minute
COMMENT '分钟数据，以最新导出为准，多来源按列合并 | minute figures, the newest export counts, several sources merged per column'

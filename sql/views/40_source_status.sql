-- one row a platform, account, source and day
CREATE OR REPLACE VIEW wxlive.source_status
(
    platform LowCardinality(String) COMMENT '平台 | platform',
    account LowCardinality(String) COMMENT '账号 | account',
    source LowCardinality(String) COMMENT '来源：events、minutes、wecom-watch | source',
    day Date COMMENT '日期 | day',
    state LowCardinality(String) COMMENT '状态：complete 完整、partial 部分、missing 缺失 | state',
    watermark Nullable(DateTime64(3, '{{zone}}')) COMMENT '已收到的最新时刻 | newest instant received',
    expected Nullable(Int64) COMMENT '应到 | expected',
    received Int64 COMMENT '已到 | received',
    reason String COMMENT '原因 | reason'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    arrivals AS
    (
        SELECT platform, account, 'events' AS source, toDate(event_time, '{{zone}}') AS day, count() AS received, max(event_time) AS newest
        FROM wxlive_store.event_rows
        WHERE adapter != 'orders'
        GROUP BY platform, account, day
        UNION ALL
        SELECT platform, account, 'minutes', toDate(minute, '{{zone}}') AS day, count(), max(exported_at)
        FROM wxlive_store.minutes_store FINAL
        GROUP BY platform, account, day
    ),
    ends AS
    (
        SELECT platform, account, toDate(ended_at, '{{zone}}') AS day, max(ended_at) AS last_end
        FROM wxlive_store.live_rows
        WHERE ended_at IS NOT NULL
        GROUP BY platform, account, day
    ),
    -- Every day from the first to 28 days after the last, but not beyond today: so long is a source expected.
    calendar AS
    (
        SELECT
            platform, account, source, max(newest) AS watermark,
            arrayJoin(arrayMap(
                offset -> min(day) + offset,
                range(toUInt32(least(max(day) + 28, greatest(toDate(now(), '{{zone}}'), max(day))) - min(day) + 1))
            )) AS day
        FROM arrivals
        GROUP BY platform, account, source
    ),
    wecom AS
    (
        SELECT live.account AS account, toDate(assumeNotNull(live.started_at), '{{zone}}') AS day, count() AS expected, countIf(head.live_id != '') AS received, max(head.exported_at) AS newest
        FROM (SELECT account, live_id, started_at FROM wxlive_store.live_rows WHERE platform = 'wecom' AND started_at IS NOT NULL) AS live
        LEFT JOIN (SELECT account, live_id, max(exported_at) AS exported_at FROM wxlive_store.attendance_heads_store FINAL GROUP BY account, live_id) AS head
            ON live.account = head.account AND live.live_id = head.live_id
        GROUP BY account, day
    )
SELECT
    calendar.platform AS platform, calendar.account AS account, calendar.source AS source, calendar.day AS day,
    multiIf(
        calendar.source = 'events' AND calendar.watermark >= toDateTime(calendar.day + 1, '{{zone}}'), 'complete',
        calendar.source = 'minutes' AND arrivals.received > 0 AND arrivals.newest >= ifNull(ends.last_end, arrivals.newest) + INTERVAL 30 MINUTE, 'complete',
        arrivals.received > 0, 'partial',
        'missing'
    ) AS state,
    toTimeZone(calendar.watermark, '{{zone}}') AS watermark,
    CAST(NULL, 'Nullable(Int64)') AS expected,
    toInt64(arrivals.received) AS received,
    multiIf(
        state = 'complete', '已到齐',
        calendar.source = 'minutes' AND state = 'partial', '导出早于直播结束后 30 分钟',
        state = 'partial', '当日尚未结束或仍在到达',
        '未收到数据'
    ) AS reason
FROM calendar
LEFT JOIN arrivals ON calendar.platform = arrivals.platform AND calendar.account = arrivals.account AND calendar.source = arrivals.source AND calendar.day = arrivals.day
LEFT JOIN ends ON calendar.platform = ends.platform AND calendar.account = ends.account AND calendar.day = ends.day
UNION ALL
SELECT
    'wecom', account, 'wecom-watch', day,
    multiIf(received >= expected, 'complete', received > 0, 'partial', 'missing'),
    if(received > 0, toTimeZone(newest, '{{zone}}'), NULL),
    toInt64(expected), toInt64(received),
    if(received >= expected, '已到齐', concat('有 ', toString(expected - received), ' 场直播没有观看名单'))
FROM wecom
COMMENT '数据到齐情况 | what has arrived, by platform, account, source and day'

-- one row a platform, account, source and day, from the first day anything of that platform and account came to today
CREATE OR REPLACE VIEW wxlive.source_status
(
    platform LowCardinality(String) COMMENT '平台 | platform',
    account LowCardinality(String) COMMENT '账号 | account',
    source LowCardinality(String) COMMENT '来源：events、minutes、wecom-watch | source',
    day Date COMMENT '日期 | day',
    state LowCardinality(String) COMMENT '状态：complete 完整、partial 部分、missing 缺失 | state',
    watermark Nullable(DateTime64(3, '{{zone}}')) COMMENT '已收到的最新时刻 | newest instant received',
    expected Nullable(Int64) COMMENT '应到：企业微信为当日开播的场次数，其余未知为空，不再预期为 0 | expected: lives of the day for WeCom, null where nobody can know, 0 when nothing is expected',
    received Int64 COMMENT '已到：事件数、分钟数或名单数 | received: events, minutes or lists',
    reason String COMMENT '原因 | reason in Chinese',
    reason_code LowCardinality(String) COMMENT '原因代码：arrived、day_open、export_too_early、nothing_came、list_missing、not_expected | reason code',
    reason_en String COMMENT '原因（英文）| reason in English'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- What the settings name, else what came in the last 28 days, is expected of a platform and account.
    {{expected_sources}} AS named_sources,
    toDate(now(), '{{zone}}') AS today,
    -- What came, by day; and a row without a day for each source the settings name.
    arrivals AS
    (
        SELECT platform, account, 'events' AS source, toNullable(toDate(event_time, '{{zone}}')) AS day, count() AS received, max(event_time) AS newest, max(event_time) AS reached
        FROM
        (
            SELECT platform, account, event_time FROM wxlive_store.events_store
            UNION ALL
            SELECT platform, account, event_time FROM wxlive_store.order_facts_store FINAL WHERE adapter != 'orders'
        )
        GROUP BY platform, account, day
        UNION ALL
        SELECT platform, account, 'minutes', toNullable(toDate(minute, '{{zone}}')) AS day, count(), max(exported_at), max(minute) + INTERVAL 1 MINUTE
        FROM wxlive_store.minutes_store FINAL
        GROUP BY platform, account, day
        UNION ALL
        SELECT named.1, named.2, named.3, NULL, 0, toDateTime64(0, 3, 'UTC'), toDateTime64(0, 3, 'UTC')
        FROM (SELECT arrayJoin(named_sources) AS named)
        WHERE named.3 != 'wecom-watch'
    ),
    sources AS
    (
        SELECT
            platform, account, source, max(newest) AS watermark,
            maxIf(assumeNotNull(day), day IS NOT NULL) AS last_day,
            mapFromArrays(groupArrayIf(assumeNotNull(day), day IS NOT NULL), groupArrayIf(tuple(received, newest, reached), day IS NOT NULL)) AS by_day,
            -- A source that never came is missing from the day the settings say, else from the first of its account, else today.
            arrayFirst(named -> named.1 = platform AND named.2 = account AND named.3 = source, named_sources).4 AS named_since,
            min(day) AS first_day,
            min(least(ifNull(first_day, named_since), ifNull(named_since, first_day))) OVER (PARTITION BY platform, account) AS account_since
        FROM arrivals
        GROUP BY platform, account, source
    ),
    calendar AS
    (
        SELECT
            platform, account, source, nullIf(watermark, toDateTime64(0, 3, 'UTC')) AS watermark, day, by_day[day] AS arrived,
            toInt64(arrived.1) AS received,
            if(
                arrayExists(named -> named.1 = platform AND named.2 = account, named_sources),
                arrayExists(named -> named.1 = platform AND named.2 = account AND named.3 = source AND day >= ifNull(named.4, day), named_sources),
                arrayExists(arrival -> arrival <= day AND day <= arrival + 28, mapKeys(by_day))
            ) AS is_expected
        FROM sources
        ARRAY JOIN arrayMap(number -> ifNull(account_since, today) + number, range(toUInt32(greatest(today, last_day) - ifNull(account_since, today) + 1))) AS day
    ),
    -- The end of the last live that any part of the day belongs to: one over midnight keeps both its days open.
    ends AS
    (
        SELECT platform, account, arrayJoin(arrayMap(number -> first_day + number, range(toUInt32(least(last_day - first_day, 7)) + 1))) AS day, max(ended_at) AS last_end
        FROM
        (
            SELECT platform, account, ended_at, toDate(assumeNotNull(coalesce(started_at, ended_at)), '{{zone}}') AS first_day, greatest(first_day, toDate(assumeNotNull(ended_at), '{{zone}}')) AS last_day
            FROM wxlive_store.live_rows
            WHERE ended_at IS NOT NULL
        )
        GROUP BY platform, account, day
    ),
    -- WeCom lives by the day of their start, else of the first watcher in a list whose live nobody told of.
    wecom_lives AS
    (
        SELECT account, live_id, toDate(assumeNotNull(coalesce(min(started), min(entered))), '{{zone}}') AS day, max(list_made) AS list_made
        FROM
        (
            SELECT account, toString(live_id) AS live_id, started_at AS started, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS entered, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS list_made
            FROM wxlive_store.live_rows
            WHERE platform = 'wecom'
            UNION ALL
            SELECT account, toString(live_id), NULL, first_enter_at, NULL FROM wxlive_store.attendance_store
            UNION ALL
            SELECT account, toString(live_id), NULL, NULL, exported_at FROM wxlive_store.attendance_heads_store FINAL
            UNION ALL
            -- A list with nobody in it leaves no row: that it was pulled tells.
            SELECT account, unit, NULL, NULL, pulled_at FROM wxlive_store.pulls_ledger FINAL WHERE source = 'wecom'
        )
        GROUP BY account, live_id
        HAVING coalesce(min(started), min(entered)) IS NOT NULL
    ),
    wecom_calendar AS
    (
        SELECT account, day, by_day[day] AS lives
        FROM
        (
            SELECT account, min(day) AS since, max(day) AS until, mapFromArrays(groupArray(day), groupArray(tuple(expected, received, newest))) AS by_day
            FROM (SELECT account, day, toInt64(count()) AS expected, toInt64(count(list_made)) AS received, max(list_made) AS newest FROM wecom_lives GROUP BY account, day)
            GROUP BY account
        )
        ARRAY JOIN arrayMap(number -> since + number, range(toUInt32(greatest(today, until) - since + 1))) AS day
    ),
    judged AS
    (
        SELECT
            calendar.platform AS platform, calendar.account AS account, calendar.source AS source, calendar.day AS day,
            calendar.watermark AS watermark, calendar.received AS received, CAST(NULL, 'Nullable(Int64)') AS lives,
            multiIf(
                received = 0 AND NOT is_expected, 'not_expected',
                calendar.source = 'events' AND calendar.watermark >= toDateTime(calendar.day + 1, '{{zone}}'), 'arrived',
                calendar.source = 'minutes' AND received > 0 AND arrived.2 >= coalesce(ends.last_end, arrived.3) + INTERVAL 30 MINUTE, 'arrived',
                calendar.source = 'minutes' AND received > 0, 'export_too_early',
                received > 0, 'day_open',
                'nothing_came'
            ) AS code
        FROM calendar
        LEFT JOIN ends ON calendar.platform = ends.platform AND calendar.account = ends.account AND calendar.day = ends.day
        UNION ALL
        SELECT
            'wecom', account, 'wecom-watch', day, lives.3, lives.2, lives.1,
            multiIf(lives.1 = 0, 'not_expected', lives.2 >= lives.1, 'arrived', 'list_missing')
        FROM wecom_calendar
    )
SELECT
    platform, account, source, day,
    multiIf(code IN ('arrived', 'not_expected'), 'complete', received > 0, 'partial', 'missing') AS state,
    toTimeZone(watermark, '{{zone}}') AS watermark,
    if(code = 'not_expected', 0, lives) AS expected,
    received,
    multiIf(
        code = 'arrived', '已到齐',
        code = 'export_too_early', '导出早于直播结束后 30 分钟',
        code = 'day_open', '当日尚未结束或仍在到达',
        code = 'list_missing', concat('有 ', toString(lives - received), ' 场直播没有观看名单'),
        code = 'not_expected', if(source = 'wecom-watch', '当日无直播', '不在预期之内'),
        '未收到数据'
    ) AS reason,
    code AS reason_code,
    multiIf(
        code = 'arrived', 'all there',
        code = 'export_too_early', 'the export was made less than 30 minutes after the last live ended',
        code = 'day_open', 'the day is not over, or still arriving',
        code = 'list_missing', concat(toString(lives - received), ' lives without their watch list'),
        code = 'not_expected', if(source = 'wecom-watch', 'no live that day', 'nothing expected'),
        'nothing came'
    ) AS reason_en
FROM judged
COMMENT '数据到齐情况 | what has arrived, by platform, account, source and day'

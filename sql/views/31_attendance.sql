-- one row a live and viewer
CREATE OR REPLACE VIEW wxlive.attendance
(
    live_id String COMMENT '场次 | live',
    account LowCardinality(String) COMMENT '账号 | account',
    live_day Nullable(Date) COMMENT '开播当天 | day of the start',
    viewer UUID COMMENT '观众假名 | pseudonym of the person',
    employee_id Nullable(String) COMMENT '员工账号，外部观众为空 | staff id, null for outsiders',
    department Nullable(String) COMMENT '开播当天的部门 | department on that day',
    viewer_type LowCardinality(String) COMMENT '类型：staff、wechat、wecom、outsider | kind of viewer',
    watch_seconds Nullable(Int64) COMMENT '观看时长（秒），名单未给出时为空 | watch time in seconds, null where the list gives none',
    watch_ratio Nullable(Float64) COMMENT '观看时长 ÷ 直播时长，最高 1 | watch time over the live, at most 1',
    commented Nullable(Bool) COMMENT '是否评论 | commented',
    mic Nullable(Bool) COMMENT '是否连麦 | spoke',
    inviter Nullable(String) COMMENT '邀请人（员工账号或假名）| inviter',
    first_enter_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '首次进入 | first entry',
    last_leave_at Nullable(DateTime64(3, '{{zone}}')) COMMENT '最后离开 | last leave',
    sign_ins UInt64 COMMENT '签到轮次数 | sign-in rounds signed',
    replay_seconds Nullable(Int64) COMMENT '回放时长（秒）| replay time in seconds'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    list AS
    (
        SELECT rows.*
        FROM (SELECT * FROM wxlive_store.attendance_store FINAL) AS rows
        INNER JOIN (SELECT account, live_id, scope, snapshot FROM wxlive_store.attendance_heads_store FINAL) AS head
            ON rows.account = head.account AND rows.live_id = head.live_id AND rows.scope = head.scope AND rows.snapshot = head.snapshot
    ),
    lives AS
    (
        SELECT account, live_id, min(started_at) AS started, max(ended_at) AS ended
        FROM wxlive_store.live_rows
        WHERE platform = 'wecom'
        GROUP BY account, live_id
    ),
    dated AS
    (
        SELECT
            list.* REPLACE nullIf(list.watch_seconds, -1) AS watch_seconds,
            lives.started AS live_start,
            dateDiff('second', lives.started, lives.ended) AS live_seconds,
            toDate(coalesce(lives.started, min(first_enter_at) OVER (PARTITION BY list.account, list.live_id)), '{{zone}}') AS day
        FROM list
        LEFT JOIN lives ON list.account = lives.account AND list.live_id = lives.live_id
    ),
    roster AS
    (
        SELECT account, employee_id, arraySort(groupArray((valid_from, toString(department)))) AS periods
        FROM wxlive_store.employees_store FINAL
        GROUP BY account, employee_id
    ),
    -- A name that stands once among the watchers and once in the round is that person; no match or several is never guessed.
    signed AS
    (
        SELECT account, live_id, name_key, outsider, uniqExact(round) AS rounds
        FROM
        (
            SELECT account, live_id, name_key, outsider, round
            FROM wxlive_store.sign_ins_store FINAL
            GROUP BY account, live_id, name_key, outsider, round
            HAVING count() = 1
        )
        GROUP BY account, live_id, name_key, outsider
    ),
    named AS
    (
        SELECT account, live_id, name_key, scope
        FROM list
        WHERE name_key != ''
        GROUP BY account, live_id, name_key, scope
        HAVING count() = 1
    )
SELECT
    dated.live_id AS live_id,
    dated.account AS account,
    dated.day AS live_day,
    dated.viewer AS viewer,
    nullIf(dated.employee_id, '') AS employee_id,
    nullIf(
        if(
            length(roster.periods) > 0,
            if(
                arrayExists(period -> period.1 <= day, roster.periods),
                arrayLast(period -> period.1 <= day, roster.periods).2,
                roster.periods[1].2
            ),
            dated.department
        ),
        ''
    ) AS department,
    dated.viewer_type AS viewer_type,
    dated.watch_seconds AS watch_seconds,
    if(live_seconds > 0, least(dated.watch_seconds / live_seconds, 1), NULL) AS watch_ratio,
    dated.commented AS commented,
    dated.mic AS mic,
    nullIf(dated.inviter, '') AS inviter,
    toTimeZone(dated.first_enter_at, '{{zone}}') AS first_enter_at,
    toTimeZone(dated.last_leave_at, '{{zone}}') AS last_leave_at,
    if(named.name_key != '', signed.rounds, 0) AS sign_ins,
    dated.replay_seconds AS replay_seconds
FROM dated
LEFT JOIN roster ON dated.account = roster.account AND dated.employee_id = roster.employee_id AND dated.employee_id != ''
LEFT JOIN named ON dated.account = named.account AND dated.live_id = named.live_id AND dated.name_key = named.name_key AND dated.scope = named.scope
LEFT JOIN signed ON dated.account = signed.account AND dated.live_id = signed.live_id AND dated.name_key = signed.name_key AND (dated.scope = 'outsiders') = signed.outsider
COMMENT '观看名单：每场每人一行，以最新名单为准 | watch lists, one row a live and viewer, the newest list counts'

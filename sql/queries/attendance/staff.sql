-- one row a live with a watch list and an employee who was active in the roster on its day: what they watched
WITH
    chosen AS
    (
        SELECT listed.account AS account, listed.live_id AS live_id, listed.live_day AS live_day, told.title AS title
        FROM
        (
            SELECT toString(account) AS account, live_id, assumeNotNull(any(attended.live_day)) AS live_day
            FROM wxlive.attendance AS attended
            WHERE attended.live_day IS NOT NULL
            GROUP BY account, live_id
        ) AS listed
        LEFT JOIN
        (
            SELECT toString(account) AS account, live_id, any(known.title) AS title, min(known.started_at) AS started_at
            FROM wxlive.lives AS known
            WHERE platform = 'wecom'
            GROUP BY account, live_id
        ) AS told
            ON listed.account = told.account AND listed.live_id = told.live_id
        WHERE (empty({lives:Array(String)}) OR live_id IN {lives:Array(String)})
            AND (empty({accounts:Array(String)}) OR account IN {accounts:Array(String)})
            AND (empty({rooms:Array(String)}) OR live_id IN {rooms:Array(String)} OR concat(account, ':', live_id) IN {rooms:Array(String)})
            -- A live whose start nobody tells counts by its day.
            AND ifNull(toUnixTimestamp64Milli(told.started_at), toUnixTimestamp64Milli(toDateTime64(live_day, 3, {zone:String}))) >= {from_ms:Int64}
            AND ifNull(toUnixTimestamp64Milli(told.started_at), toUnixTimestamp64Milli(toDateTime64(live_day, 3, {zone:String}))) < {to_ms:Int64}
    ),
    roster AS
    (
        SELECT
            toString(account) AS account, employee_id, name, department, status, valid_from, valid_to,
            min(valid_from) OVER (PARTITION BY account) AS first_known
        FROM wxlive.employees
    ),
    seen AS
    (
        SELECT
            toString(account) AS account, live_id, assumeNotNull(listed.employee_id) AS employee_id,
            ifNull(sum(listed.watch_seconds), 0) AS watch_seconds,
            max(ifNull(listed.watch_ratio, 0)) AS watch_ratio,
            max(listed.sign_ins) AS sign_ins
        FROM wxlive.attendance AS listed
        WHERE listed.employee_id IS NOT NULL
        GROUP BY account, live_id, employee_id
    )
SELECT
    chosen.live_id AS live_id,
    chosen.title AS title,
    toString(chosen.live_day) AS live_day,
    roster.department AS department,
    roster.employee_id AS employee_id,
    roster.name AS name,
    seen.employee_id != '' AS listed,
    seen.watch_seconds AS watch_seconds,
    seen.watch_ratio AS watch_ratio,
    seen.sign_ins AS sign_ins
FROM chosen
INNER JOIN roster ON chosen.account = roster.account
LEFT JOIN seen ON chosen.account = seen.account AND chosen.live_id = seen.live_id AND roster.employee_id = seen.employee_id
WHERE roster.status = 'active'
    -- Before the first roster of an account its first one counts.
    AND roster.valid_from <= greatest(chosen.live_day, roster.first_known)
    AND (roster.valid_to IS NULL OR roster.valid_to > greatest(chosen.live_day, roster.first_known))

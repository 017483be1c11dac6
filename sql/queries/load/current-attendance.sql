-- one row a watcher of the lists that count, of the lives of a batch
SELECT account, live_id, scope, viewer_key, employee_id, name_key, department, viewer_type, watch_seconds, replay_seconds, commented, mic,
    inviter, toUnixTimestamp64Milli(first_enter_at) AS first_enter_at, toUnixTimestamp64Milli(last_leave_at) AS last_leave_at
FROM (SELECT * FROM wxlive_store.attendance_store FINAL) AS list
INNER JOIN (SELECT account, live_id, scope, snapshot FROM wxlive_store.attendance_heads_store FINAL) AS head
    USING (account, live_id, scope, snapshot)
WHERE live_id IN {lives:Array(String)}

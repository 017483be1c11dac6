-- no row: marks the past days that batches changed: lives watched by people whose roster row they changed
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT assumeNotNull(watched.live_day) AS changed_day, 'wecom', staff.account, 'employees', staff.batch_seq, 'changed', now64(3, 'UTC')
FROM (SELECT batch_seq, account, employee_id FROM wxlive_store.employees_store FINAL WHERE batch_seq IN {batches:Array(UInt64)}) AS staff
INNER JOIN (SELECT account, employee_id, live_day FROM wxlive.attendance WHERE employee_id IS NOT NULL) AS watched
    ON watched.account = staff.account AND watched.employee_id = staff.employee_id
WHERE watched.live_day IS NOT NULL AND changed_day < toDate(now(), {zone:String})

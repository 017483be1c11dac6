-- no row: marks the past days that batches changed: minutes they restated
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT toDate(minute, {zone:String}) AS changed_day, platform, account, 'minutes', batch_seq, 'changed', now64(3, 'UTC')
FROM wxlive_store.minutes_store
WHERE batch_seq IN {batches:Array(UInt64)} AND changed_day < toDate(now(), {zone:String})

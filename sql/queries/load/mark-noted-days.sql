-- no row: marks the past days that batches changed: what the loader noted while only it knew the day
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT day AS changed_day, platform, account, source, batch_seq, 'changed', now64(3, 'UTC')
FROM wxlive_store.changed_days FINAL
WHERE batch_seq IN {batches:Array(UInt64)} AND changed_day < toDate(now(), {zone:String})

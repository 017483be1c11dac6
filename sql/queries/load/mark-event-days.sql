-- no row: marks the past days that batches changed: events they stored
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT toDate(event_time, {zone:String}) AS changed_day, platform, account, 'events', batch_seq, 'changed', now64(3, 'UTC')
FROM wxlive_store.events_store
WHERE batch_seq IN {batches:Array(UInt64)} AND changed_day < toDate(now(), {zone:String})

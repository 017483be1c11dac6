-- no row: marks the past days that batches changed: events that carry a code they registered
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT toDate(events.event_time, {zone:String}) AS changed_day, events.platform, events.account, 'links', codes.batch_seq, 'changed', now64(3, 'UTC')
FROM (SELECT batch_seq, code FROM wxlive_store.links_store FINAL WHERE batch_seq IN {batches:Array(UInt64)}) AS codes
INNER JOIN
(
    SELECT arrayJoin([toString(link_code), toString(chan_id)]) AS code, platform, account, event_time
    FROM wxlive_store.events_store
    WHERE (link_code != '' AND link_code IN (SELECT code FROM wxlive_store.links_store WHERE batch_seq IN {batches:Array(UInt64)}))
        OR (chan_id != '' AND chan_id IN (SELECT code FROM wxlive_store.links_store WHERE batch_seq IN {batches:Array(UInt64)}))
) AS events ON events.code = codes.code
WHERE changed_day < toDate(now(), {zone:String})

-- no row: marks the past days that batches changed: every day in which an order stands that they told of
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT toDate(facts.event_time, {zone:String}) AS changed_day, facts.platform, facts.account, 'orders', mine.batch_seq, 'changed', now64(3, 'UTC')
FROM (SELECT DISTINCT batch_seq, order_id FROM wxlive_store.order_facts_store WHERE batch_seq IN {batches:Array(UInt64)}) AS mine
INNER JOIN
(
    SELECT order_id, platform, account, event_time
    FROM wxlive_store.order_facts_store
    WHERE order_id IN (SELECT order_id FROM wxlive_store.order_facts_store WHERE batch_seq IN {batches:Array(UInt64)})
) AS facts ON facts.order_id = mine.order_id
WHERE changed_day < toDate(now(), {zone:String})

-- no row: marks the past days that batches changed: costs and punishments, which state their day
INSERT INTO wxlive_store.changed_days (day, platform, account, source, batch_seq, state, changed_at)
SELECT DISTINCT stated.stated_day AS changed_day, stated.platform, stated.account, stated.source, stated.batch_seq, 'changed', now64(3, 'UTC')
FROM
(
    SELECT batch_seq, '' AS platform, account, 'costs' AS source, day AS stated_day
    FROM wxlive_store.costs_store FINAL
    WHERE batch_seq IN {batches:Array(UInt64)}
    UNION ALL
    SELECT batch_seq, 'miniprogram', account, 'violations', toDate(punished_at, {zone:String})
    FROM wxlive_store.violations_store FINAL
    WHERE batch_seq IN {batches:Array(UInt64)}
) AS stated
WHERE changed_day < toDate(now(), {zone:String})

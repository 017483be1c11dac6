-- one row a past day that a batch changed
SELECT toString(day) AS day, platform, account, source, changed_at
FROM wxlive.changed_days
WHERE batch_id = {batch:String}
ORDER BY day, platform, account, source

-- one row: who schedules, and until when; none before the first term
SELECT term, toString(holder) AS holder, toUnixTimestamp64Milli(until) AS until_ms
FROM wxlive_store.scheduler_terms_ledger
ORDER BY term DESC, holder
LIMIT 1

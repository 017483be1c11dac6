-- one row a batch of the period that did not simply load: refused rows, held lists, failures, differing copies
SELECT
    toUnixTimestamp64Milli(started_at) AS started_ms,
    file, toString(adapter) AS adapter, toString(state) AS state, rows, accepted, rejected, held, conflicts
FROM wxlive.batches
WHERE started_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND started_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND (rejected > 0 OR held > 0 OR conflicts > 0 OR state NOT IN ('loaded', 'loading'))
ORDER BY started_at DESC
LIMIT 100

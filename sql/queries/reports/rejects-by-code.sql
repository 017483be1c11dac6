-- one row a reason of rejects that came in the period
SELECT
    toString(code) AS code,
    any(reason) AS reason,
    toString(adapter) AS adapter,
    count() AS rejects,
    countIf(replayed_at IS NOT NULL) AS replayed,
    count() - replayed AS open
FROM wxlive.rejects
WHERE received_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
GROUP BY code, adapter
ORDER BY rejects DESC, code, adapter

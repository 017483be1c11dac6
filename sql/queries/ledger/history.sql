-- one row a delivery, the newest first
SELECT
    report, toUnixTimestamp64Milli(scheduled_at) AS scheduled_ms, issue, recipient, channel, state, attempts, message_id, detail,
    toUnixTimestamp64Milli(written_at) AS written_ms
FROM wxlive.deliveries
WHERE {report:String} IN ('', report) AND ({open:Bool} = false OR state != 'delivered')
ORDER BY scheduled_ms DESC, report, issue DESC, recipient, channel
LIMIT {limit:UInt32}

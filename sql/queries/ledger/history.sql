-- one row a delivery, the newest first
SELECT
    report, toString(scheduled_at) AS scheduled_at, issue, recipient, channel, state, attempts, message_id, detail,
    toString(written_at) AS written_at, toUnixTimestamp64Milli(scheduled_at) AS scheduled_ms
FROM wxlive.deliveries
WHERE {report:String} IN ('', report) AND ({open:Bool} = false OR state != 'delivered')
ORDER BY scheduled_ms DESC, report, issue DESC, recipient, channel
LIMIT {limit:UInt32}

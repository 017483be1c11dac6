-- one row a writer whose state of one delivery and version was taken
SELECT toString(writer) AS writer
FROM wxlive_store.delivery_states_ledger
WHERE report = {report:String} AND scheduled_at = fromUnixTimestamp64Milli({scheduled_ms:Int64}, 'UTC') AND issue = {issue:UInt16}
    AND recipient = {recipient:String} AND channel = {channel:String} AND version = {version:UInt32}
ORDER BY writer
LIMIT 1

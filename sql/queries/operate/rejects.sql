-- one row a bad row, newest first
SELECT reject_id, batch_id, adapter, place, code, reason, preview, received_at, replayed_at
FROM wxlive.rejects
WHERE ({batch:String} = '' OR batch_id = {batch:String}) AND ({code:String} = '' OR code = {code:String})
    AND ({adapter:String} = '' OR adapter = {adapter:String})
    AND received_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND received_at < fromUnixTimestamp64Milli({to_ms:Int64})
ORDER BY received_at DESC, batch_id, length(place), place
LIMIT {limit:UInt32}

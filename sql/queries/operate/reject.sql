-- one row: the bad row of an id (or of the beginning of an id)
SELECT reject_id, batch_id, adapter, place, code, reason, preview, received_at, replayed_at
FROM wxlive.rejects
WHERE startsWith(toString(reject_id), {id:String})

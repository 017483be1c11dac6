-- one row a bad row to be replayed, in the order in which they came, behind a place in that order
SELECT
    toString(rejects.reject_id) AS reject_id, rejects.batch_id AS batch_id, rejects.adapter AS adapter, rejects.account AS account, rejects.place AS place,
    rejects.code AS code, rejects.reason AS reason, rejects.sealed AS sealed, toUnixTimestamp64Milli(rejects.received_at) AS received_ms, rejects.position AS position,
    batches.batch_seq AS batch_seq, batches.sha256 AS sha256
FROM
(
    SELECT *, toUInt64OrZero(extract(place, '([0-9]+)[^0-9]*$')) AS position
    FROM wxlive_store.rejects_store FINAL
    WHERE replayed_at IS NULL
        AND ({code:String} = '' OR code = {code:String})
        AND ({batch:String} = '' OR batch_id = {batch:String})
        AND ({adapter:String} = '' OR adapter = {adapter:String})
        AND received_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
        AND (toUnixTimestamp64Milli(received_at), batch_id, position, toString(reject_id)) > ({after_ms:Int64}, {after_batch:String}, {after_position:UInt64}, {after_id:String})
    ORDER BY received_at, batch_id, position, toString(reject_id)
    LIMIT {limit:UInt32}
) AS rejects
LEFT JOIN (SELECT batch_id, batch_seq, sha256 FROM wxlive_store.batches_ledger FINAL) AS batches ON batches.batch_id = rejects.batch_id
ORDER BY received_ms, batch_id, position, reject_id

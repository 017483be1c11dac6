-- no row: says of rejects that a replay loaded them
INSERT INTO wxlive_store.rejects_store
    (reject_id, batch_id, adapter, account, place, code, reason, preview, sealed, pseudonyms, received_at, replayed_at, version)
SELECT
    reject_id, batch_id, adapter, account, place, code, reason, preview, sealed, pseudonyms, received_at, now64(3, 'UTC'),
    greatest(version + 1, toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC'))))
FROM wxlive_store.rejects_store FINAL
WHERE reject_id IN {rejects:Array(UUID)} AND replayed_at IS NULL

-- no row: gives rejects that are refused for another reason now that reason
INSERT INTO wxlive_store.rejects_store
    (reject_id, batch_id, adapter, account, place, code, reason, preview, sealed, pseudonyms, received_at, replayed_at, version)
SELECT
    reject_id, batch_id, adapter, account, place,
    transform(toString(reject_id), {ids:Array(String)}, {codes:Array(String)}, toString(code)),
    transform(toString(reject_id), {ids:Array(String)}, {reasons:Array(String)}, reason),
    preview, sealed, pseudonyms, received_at, replayed_at,
    greatest(version + 1, toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC'))))
FROM wxlive_store.rejects_store FINAL
WHERE reject_id IN {rejects:Array(UUID)} AND replayed_at IS NULL

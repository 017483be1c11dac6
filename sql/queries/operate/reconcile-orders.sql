-- one row an order that only tracking or only the orders file knows, in the order of its time
SELECT order_id, told_by, platform, account, room_id, amount_fen, refund_fen, status, coalesce(paid_at, created_at) AS at
FROM wxlive.orders
WHERE told_by != 'both' AND ({account:String} = '' OR account = {account:String})
    -- an order without any time is in every period: nobody can say that it is not
    AND (at IS NULL OR (at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND at < fromUnixTimestamp64Milli({to_ms:Int64})))
ORDER BY told_by, at, account, order_id

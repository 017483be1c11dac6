-- one row: people, what they paid, and the latest event (ms) of the scope
SELECT
    uniqExact(viewer) AS viewers,
    sumIf(ifNull(amount_fen, 0), event = 'order_pay') AS gmv_fen,
    toUnixTimestamp64Milli(max(event_time)) AS latest_ms
FROM {{rows}}
WHERE {{where}}

-- no row: keeps the person's orders away, also where a file names no buyer
INSERT INTO wxlive_store.tombstones_store (hash, kind, through, written_at)
SELECT DISTINCT lower(hex(SHA256(concat('order\0', account, '\0', order_id)))), 'order', fromUnixTimestamp64Milli({through:Int64}, 'UTC'), now64(3, 'UTC')
FROM wxlive_store.order_facts_store
WHERE order_id IN (SELECT order_id FROM wxlive_store.order_facts_store WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)})
    AND (viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}
        OR (viewer = toUUID('00000000-0000-0000-0000-000000000000') AND account_stated = 0))

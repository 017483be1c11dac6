-- no row: removes all that is known of the person's orders, also what a file told without a buyer (by the tombstones of the orders)
ALTER TABLE wxlive_store.order_facts_store DELETE
WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}
    OR (viewer = toUUID('00000000-0000-0000-0000-000000000000')
        AND lower(hex(SHA256(concat('order\0', account, '\0', order_id)))) IN (SELECT toString(hash) FROM wxlive_store.tombstones_store WHERE kind = 'order'))
SETTINGS mutations_sync = 2

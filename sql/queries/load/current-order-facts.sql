-- one row a fact that an orders file told, of the orders of a batch
SELECT order_id, account, event, refund_id, toUnixTimestamp64Milli(event_time) AS event_time, amount_fen, order_status, room_id, viewer_key, account_stated, batch_seq, platform
FROM wxlive_store.order_facts_store FINAL
WHERE adapter = 'orders' AND order_id IN {orders:Array(String)}

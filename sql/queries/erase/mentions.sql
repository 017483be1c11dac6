-- one row a table: rows of others, or of nobody, that name the person
SELECT 'events_store' AS table, count() AS rows FROM wxlive_store.events_store
WHERE referrer_viewer IN {members:Array(UUID)} OR goods_id IN {texts:Array(String)} OR arrayExists(value -> multiSearchAny(value, {texts:Array(String)}), props.values)
UNION ALL
SELECT 'order_facts_store', count() FROM wxlive_store.order_facts_store
WHERE referrer_viewer IN {members:Array(UUID)} OR goods_id IN {texts:Array(String)} OR arrayExists(value -> multiSearchAny(value, {texts:Array(String)}), props.values)
UNION ALL
SELECT 'attendance_store', count() FROM wxlive_store.attendance_store WHERE inviter IN {texts:Array(String)}

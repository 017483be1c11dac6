-- one row a pseudonym that stored facts carry as viewer: those of the batch, and chance likenesses in 32 bits, by which they are found in half the time
SELECT DISTINCT viewer
FROM
(
    SELECT viewer FROM wxlive_store.events_store
    PREWHERE toUInt32(reinterpretAsUInt128(viewer)) IN (SELECT toUInt32(reinterpretAsUInt128(member)) FROM batch_members)
    UNION ALL
    SELECT viewer FROM wxlive_store.order_facts_store WHERE viewer IN (SELECT member FROM batch_members)
    UNION ALL
    SELECT viewer FROM wxlive_store.attendance_store WHERE viewer IN (SELECT member FROM batch_members)
)

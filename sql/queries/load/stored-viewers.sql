-- one row a pseudonym of the batch that stored facts carry as viewer
SELECT DISTINCT viewer
FROM
(
    SELECT viewer FROM wxlive_store.events_store WHERE viewer IN (SELECT member FROM batch_members)
    UNION ALL
    SELECT viewer FROM wxlive_store.order_facts_store WHERE viewer IN (SELECT member FROM batch_members)
    UNION ALL
    SELECT viewer FROM wxlive_store.attendance_store WHERE viewer IN (SELECT member FROM batch_members)
)

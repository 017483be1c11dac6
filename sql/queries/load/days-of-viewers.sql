-- one row a past day with facts of people
SELECT DISTINCT toString(fact_day) AS day, platform, account
FROM
(
    SELECT toDate(event_time, {zone:String}) AS fact_day, platform, account FROM wxlive_store.events_store WHERE viewer IN {viewers:Array(UUID)}
    UNION ALL
    SELECT toDate(event_time, {zone:String}), platform, account FROM wxlive_store.order_facts_store WHERE viewer IN {viewers:Array(UUID)}
)
WHERE fact_day < toDate(now(), {zone:String})

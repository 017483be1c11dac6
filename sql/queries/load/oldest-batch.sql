-- one row: the smallest number of a batch that stored keyed facts, the greatest number there is when none did; numbers are microseconds of the clock
SELECT ifNull(min(oldest), toUInt64(18446744073709551615)) AS batch_seq
FROM
(
    SELECT minOrNull(batch_seq) AS oldest FROM wxlive_store.events_store
    UNION ALL
    SELECT minOrNull(batch_seq) FROM wxlive_store.order_facts_store WHERE fact_key != 0
)

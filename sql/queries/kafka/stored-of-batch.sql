-- one row: records that a batch stored, and how many of them are accounted for in its parts
SELECT
    (SELECT count() FROM wxlive_store.events_store WHERE batch_seq = {batch:UInt64})
    + (SELECT countIf(fact_key != 0) + uniqExactIf(order_id, fact_key = 0) FROM wxlive_store.order_facts_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.minutes_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.sign_ins_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.rooms_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.lives_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.employees_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.links_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.violations_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.costs_store WHERE batch_seq = {batch:UInt64})
    + (SELECT count() FROM wxlive_store.targets_store WHERE batch_seq = {batch:UInt64}) AS stored,
    (SELECT sum(accepted) FROM wxlive_store.batch_parts_store FINAL WHERE batch_seq = {batch:UInt64}) AS counted

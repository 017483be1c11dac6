-- no row: says of interrupted batches that they failed, and how many events and orders each had stored by then
INSERT INTO wxlive_store.batches_ledger
    (batch_seq, batch_id, file, sha256, adapter, account, rows, accepted, duplicates, rejected, held, conflicts, state, newer_by, started_at, seconds, written_at)
SELECT
    batch.batch_seq, batch.batch_id, batch.file, batch.sha256, batch.adapter, batch.account,
    stored.events AS rows, stored.events AS accepted, 0, 0, 0, 0, 'failed', batch.newer_by, batch.started_at, batch.seconds,
    -- just after the state it was found in: a loader that was not dead but waiting for its turn says what is so in the end
    addMilliseconds(batch.written_at, 1)
FROM (SELECT * FROM wxlive_store.batches_ledger FINAL WHERE batch_seq IN {batches:Array(UInt64)}) AS batch
LEFT JOIN
(
    SELECT batch_seq, sum(events) AS events
    FROM
    (
        SELECT batch_seq, count() AS events
        FROM wxlive_store.events_store
        WHERE batch_seq IN {batches:Array(UInt64)}
        GROUP BY batch_seq
        UNION ALL
        SELECT batch_seq, countIf(fact_key != 0) + uniqExactIf(order_id, fact_key = 0)
        FROM wxlive_store.order_facts_store
        WHERE batch_seq IN {batches:Array(UInt64)}
        GROUP BY batch_seq
    )
    GROUP BY batch_seq
) AS stored ON stored.batch_seq = batch.batch_seq

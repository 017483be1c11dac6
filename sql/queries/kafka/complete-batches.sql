-- one row a batch of these whose messages are all loaded
SELECT ends.batch_seq AS batch_seq, ends.entry AS entry, loaded.rows AS rows, loaded.accepted AS accepted, loaded.conflicts AS conflicts, loaded.held AS held
FROM (SELECT * FROM wxlive_store.batch_ends_store FINAL WHERE batch_seq IN {batches:Array(UInt64)}) AS ends
LEFT JOIN
(
    SELECT batch_seq, count() AS parts, sum(rows) AS rows, sum(accepted) AS accepted, sum(conflicts) AS conflicts, max(held) AS held
    FROM wxlive_store.batch_parts_store FINAL
    WHERE batch_seq IN {batches:Array(UInt64)}
    GROUP BY batch_seq
) AS loaded ON loaded.batch_seq = ends.batch_seq
WHERE loaded.parts = ends.parts

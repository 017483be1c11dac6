-- one row: statements that write facts at this moment
SELECT count() AS writes
FROM system.processes
WHERE is_initial_query AND query_id != queryID() AND match(query, '(?m)^(?:INSERT INTO|UPDATE) wxlive_store[.]')

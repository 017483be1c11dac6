-- one row: statements that write facts at this moment, on any node; also a node's part of one whose sender is gone
SELECT count() AS writes
FROM clusterAllReplicas({cluster:String}, system.processes)
WHERE query_id != queryID() AND match(query, '(?m)^(?:INSERT INTO|UPDATE) wxlive_(?:store|shard)[.]')

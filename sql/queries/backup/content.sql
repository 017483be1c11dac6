-- one row: rows of a table and a hash of all of them that does not depend on their order
SELECT count() AS rows, sum(cityHash64(tuple(*))) AS content_hash FROM wxlive_store.{table:Identifier}

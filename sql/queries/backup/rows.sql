-- one row a row of a table of the storage, as it is stored; what was removed and is not cleared yet is left out
SELECT * FROM wxlive_store.{table:Identifier}

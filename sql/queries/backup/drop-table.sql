-- no row: removes a table of the storage, which holds nothing, or what an interrupted restore left
DROP TABLE IF EXISTS wxlive_store.{table:Identifier} SYNC

-- no row: removes the storage, which holds nothing, or what an interrupted restore left
DROP DATABASE IF EXISTS wxlive_store SYNC

-- no row: removes the database of the public views
DROP DATABASE IF EXISTS wxlive SYNC

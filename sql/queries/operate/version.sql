-- one row: the version of the database
SELECT version() AS version

-- no row: reads a file of a backup as a restore would, and keeps its count and the hash of its rows
INSERT INTO read_back
SELECT count() AS rows, sum(cityHash64(tuple(*))) AS content_hash FROM input({structure:String})
FORMAT Native

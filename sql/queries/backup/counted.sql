-- one row: what the file held that was read back last
SELECT rows, content_hash FROM read_back

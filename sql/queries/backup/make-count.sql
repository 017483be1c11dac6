-- no row: where the count of a file goes that is read back
CREATE TEMPORARY TABLE IF NOT EXISTS read_back (rows UInt64, content_hash UInt64) ENGINE = Memory

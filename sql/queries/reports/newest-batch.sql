-- one row: when the newest batch was written, UTC milliseconds
SELECT toUnixTimestamp64Milli(max(started_at)) AS at_ms
FROM wxlive.batches

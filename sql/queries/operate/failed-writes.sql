-- one row: how many writes to files have failed since the engine started
SELECT sum(value) AS failed_writes
FROM system.events
WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'

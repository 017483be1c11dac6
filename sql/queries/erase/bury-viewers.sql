-- no row: keeps the pseudonyms away from now on
INSERT INTO wxlive_store.tombstones_store (hash, kind, through, written_at)
SELECT lower(hex(SHA256(concat('viewer\0', toString(member))))), 'viewer', fromUnixTimestamp64Milli({through:Int64}, 'UTC'), now64(3, 'UTC')
FROM (SELECT arrayJoin({members:Array(UUID)}) AS member)

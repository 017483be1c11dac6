-- no row: keeps the person's sign-ins away; a name that another in the same live has as well is nobody's
INSERT INTO wxlive_store.tombstones_store (hash, kind, through, written_at)
SELECT lower(hex(SHA256(concat('sign_in\0', account, '\0', live_id, '\0', name_key)))), 'sign_in', fromUnixTimestamp64Milli({through:Int64}, 'UTC'), now64(3, 'UTC')
FROM wxlive_store.attendance_store
WHERE name_key != '' AND (account, live_id) IN (SELECT account, live_id FROM wxlive_store.attendance_store WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)})
GROUP BY account, live_id, name_key
HAVING countIf(viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}) = count()

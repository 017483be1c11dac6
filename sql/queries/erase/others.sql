-- one row a table: how many further rows hold the person
SELECT 'sign_ins_store' AS table, count() AS rows
FROM wxlive_store.sign_ins_store
WHERE (account, live_id, name_key) IN
(
    SELECT account, live_id, name_key
    FROM wxlive_store.attendance_store
    WHERE name_key != '' AND (account, live_id) IN (SELECT account, live_id FROM wxlive_store.attendance_store WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)})
    GROUP BY account, live_id, name_key
    HAVING countIf(viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}) = count()
)
UNION ALL
SELECT 'identities_store', count() FROM wxlive_store.identities_store WHERE member IN {members:Array(UUID)} OR viewer IN {members:Array(UUID)}
UNION ALL
SELECT 'identity_conflicts_store', count() FROM wxlive_store.identity_conflicts_store WHERE hasAny(members, {members:Array(UUID)})

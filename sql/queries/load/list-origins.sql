-- one row a live and scope: the list that counts, how long it is, and the file it came from
SELECT head.account AS account, head.live_id AS live_id, head.scope AS scope, head.snapshot AS snapshot,
    toUnixTimestamp64Milli(head.exported_at) AS exported_at, batch.sha256 AS sha256, list.watchers AS watchers
FROM (SELECT * FROM wxlive_store.attendance_heads_store FINAL WHERE live_id IN {lives:Array(String)}) AS head
LEFT JOIN (SELECT batch_seq, sha256 FROM wxlive_store.batches_ledger FINAL) AS batch ON batch.batch_seq = head.snapshot
LEFT JOIN
(
    SELECT account, live_id, scope, snapshot, count() AS watchers
    FROM wxlive_store.attendance_store FINAL
    WHERE live_id IN {lives:Array(String)}
    GROUP BY account, live_id, scope, snapshot
) AS list ON list.account = head.account AND list.live_id = head.live_id AND list.scope = head.scope AND list.snapshot = head.snapshot

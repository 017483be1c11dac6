-- one row, none before the first claim: who has the loader lease, how long ago it last gave a sign of life, and who waits at the head of the queue for it
WITH (SELECT max(epoch) FROM wxlive_store.loader_lease_ledger) AS current
SELECT
    current AS epoch,
    argMinIf(holder, (at, state != 'claimed'), state != 'wanted') AS holder,
    argMinIf(host, (at, state != 'claimed'), state != 'wanted') AS host,
    argMinIf(process_id, (at, state != 'claimed'), state != 'wanted') AS process_id,
    max(state = 'released') AS released,
    dateDiff('millisecond', maxIf(at, state != 'wanted'), now64(3, 'UTC')) AS silent_ms,
    (
        SELECT argMin(holder, (since, holder))
        FROM
        (
            SELECT holder, min(at) AS since
            FROM wxlive_store.loader_lease_ledger AS queue
            WHERE queue.epoch = current AND state = 'wanted'
            GROUP BY holder
            HAVING max(at) > now64(3, 'UTC') - INTERVAL 3 SECOND
        )
    ) AS wanted_by
FROM wxlive_store.loader_lease_ledger AS ledger
WHERE ledger.epoch = current
HAVING count() > 0

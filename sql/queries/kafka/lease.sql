-- one row, none before the first claim: who has the loader lease, and how long ago it last gave a sign of life
SELECT
    epoch,
    argMin(holder, (at, state != 'claimed')) AS holder,
    argMin(host, (at, state != 'claimed')) AS host,
    argMin(process_id, (at, state != 'claimed')) AS process_id,
    max(state = 'released') AS released,
    dateDiff('millisecond', max(at), now64(3, 'UTC')) AS silent_ms
FROM wxlive_store.loader_lease_ledger
GROUP BY epoch
ORDER BY epoch DESC
LIMIT 1

-- one row a reject of the batch that is stored already
SELECT reject_id
FROM wxlive_store.rejects_store
WHERE reject_id IN {rejects:Array(UUID)}

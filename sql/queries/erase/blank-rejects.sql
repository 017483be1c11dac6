-- no row: drops the sealed originals that speak of the person; the rejects stay counted
ALTER TABLE wxlive_store.rejects_store UPDATE sealed = '', preview = '', pseudonyms = []
WHERE reject_id IN {rejects:Array(UUID)}
SETTINGS mutations_sync = 2

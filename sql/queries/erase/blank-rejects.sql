-- no row: drops the sealed originals that speak of the person; the rejects stay counted
ALTER TABLE wxlive_store.rejects_store UPDATE sealed = '', preview = '', pseudonyms = []
WHERE hasAny(pseudonyms, {members:Array(UUID)})
SETTINGS mutations_sync = 2

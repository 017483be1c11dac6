-- no row: removes refused links that name the person
ALTER TABLE wxlive_store.identity_conflicts_store DELETE
WHERE hasAny(members, {members:Array(UUID)})
SETTINGS mutations_sync = 2

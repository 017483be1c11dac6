-- no row: removes the person's linked ids; last of all, an erasure that was interrupted finds the person by them
ALTER TABLE wxlive_store.identities_store DELETE
WHERE member IN {members:Array(UUID)} OR viewer IN {members:Array(UUID)}
SETTINGS mutations_sync = 2

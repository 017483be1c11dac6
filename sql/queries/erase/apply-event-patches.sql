-- no row: has the marks of removed events written into their parts, before the parts are rewritten without them
ALTER TABLE wxlive_store.events_store APPLY PATCHES
SETTINGS mutations_sync = 0, alter_sync = 0

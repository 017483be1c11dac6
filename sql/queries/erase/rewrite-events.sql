-- no row: has the parts rewritten that still hold the bytes of what was removed; the engine does it in the background
ALTER TABLE wxlive_store.events_store APPLY DELETED MASK
SETTINGS mutations_sync = 0, alter_sync = 0

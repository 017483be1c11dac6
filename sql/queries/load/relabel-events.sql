-- no row: gives stored facts the viewer of the group their id was linked to
UPDATE wxlive_store.events_store
SET viewer = transform(viewer, {old_viewers:Array(UUID)}, {new_viewers:Array(UUID)}, viewer)
WHERE viewer IN {old_viewers:Array(UUID)}

-- no row: gives stored facts the viewer of the group their id was linked to
UPDATE wxlive_store.order_facts_store
SET viewer = toUUID(transform(toString(viewer), {old_texts:Array(String)}, {new_texts:Array(String)}, toString(viewer)))
WHERE viewer IN {old_viewers:Array(UUID)}

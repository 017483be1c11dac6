-- no row: removes the person from all watch lists
ALTER TABLE wxlive_store.attendance_store DELETE
WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}
SETTINGS mutations_sync = 2

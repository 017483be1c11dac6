-- no row: removes the person's events; unreadable at once, the bytes go with the rewrite of the parts
DELETE FROM wxlive_store.events_store
WHERE viewer IN {members:Array(UUID)} OR viewer_key IN {members:Array(UUID)}
SETTINGS lightweight_delete_mode = 'lightweight_update'

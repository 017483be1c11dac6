-- no row: removes the person's sign-ins; before the watch lists, which tell whose they are
ALTER TABLE wxlive_store.sign_ins_store DELETE
WHERE lower(hex(SHA256(concat('sign_in\0', account, '\0', live_id, '\0', name_key)))) IN (SELECT toString(hash) FROM wxlive_store.tombstones_store WHERE kind = 'sign_in')
SETTINGS mutations_sync = 2

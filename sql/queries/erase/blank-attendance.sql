-- no row: takes the person's pseudonyms out of those they invited
ALTER TABLE wxlive_store.attendance_store UPDATE inviter = ''
WHERE inviter IN {texts:Array(String)}
SETTINGS mutations_sync = 2

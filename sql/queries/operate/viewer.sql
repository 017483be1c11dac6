-- at most one row: the person a pseudonym was linked to
SELECT member, viewer
FROM wxlive_store.identities_store FINAL
WHERE member = {member:UUID}

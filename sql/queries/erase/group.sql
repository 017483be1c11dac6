-- one row a pseudonym of the person: the given ones and all that are linked to them
SELECT DISTINCT arrayJoin([member, viewer]) AS id
FROM wxlive_store.identities_store FINAL
WHERE viewer IN (SELECT viewer FROM wxlive_store.identities_store FINAL WHERE member IN {members:Array(UUID)} OR viewer IN {members:Array(UUID)})

-- one row a linked id of the groups that ids of the batch belong to
SELECT member, viewer, kind
FROM wxlive_store.identities_store FINAL
WHERE viewer IN
(
    SELECT viewer
    FROM wxlive_store.identities_store FINAL
    WHERE member IN (SELECT member FROM batch_members)
)

-- one row a linked id of the groups that ids of the batch belong to; kinds as the codes of link-identities.ts
SELECT member, viewer, toUInt8(indexOf(['unionid', 'openid', 'user_id'], toString(kind))) AS kind
FROM wxlive_store.identities_store FINAL
WHERE viewer IN
(
    SELECT viewer
    FROM wxlive_store.identities_store FINAL
    WHERE member IN (SELECT member FROM batch_members)
)

-- one row a linked id whose stored facts may still carry another viewer (a kill came between link and relabelling)
SELECT member
FROM wxlive_store.identities_store FINAL
WHERE applied = 0

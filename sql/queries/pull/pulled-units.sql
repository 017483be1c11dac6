-- one row a unit of an API that was pulled and stored
SELECT unit, toUnixTimestamp64Milli(pulled_at) AS pulled_at, settled
FROM wxlive_store.pulls_ledger FINAL
WHERE source = {source:String} AND account = {account:String}

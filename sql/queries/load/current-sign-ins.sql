-- one row a sign-in of the lives of a batch
SELECT account, live_id, round, name_key, outsider, department, occurrence, toUnixTimestamp64Milli(started_at) AS started_at
FROM wxlive_store.sign_ins_store FINAL
WHERE live_id IN {lives:Array(String)}

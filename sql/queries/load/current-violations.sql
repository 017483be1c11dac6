-- one row a punishment
SELECT account, punish_id, event_type, toUnixTimestamp64Milli(punished_at) AS punished_at, reason, rule_name, rule_url, toUnixTimestamp64Milli(deadline) AS deadline, detail, batch_seq
FROM wxlive_store.violations_store FINAL

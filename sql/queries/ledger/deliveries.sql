-- one row a delivery as it stands now: those that are not done, and all that were due since a time
SELECT *
FROM
(
    SELECT
        report, toUnixTimestamp64Milli(scheduled_at) AS scheduled_ms, issue, recipient, channel, version, state, frozen, step, attempts,
        toUnixTimestamp64Milli(next_at) AS next_ms, message_id, detail, term, toUnixTimestamp64Milli(written_at) AS written_ms
    FROM wxlive_store.delivery_states_ledger
    ORDER BY scheduled_at, report, issue, recipient, channel, version DESC, writer
    LIMIT 1 BY report, scheduled_at, issue, recipient, channel
)
WHERE state NOT IN ('delivered', 'failed') OR scheduled_ms >= {since_ms:Int64}
ORDER BY scheduled_ms, report, issue, recipient, channel

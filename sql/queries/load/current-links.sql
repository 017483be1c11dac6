-- one row a registered code
SELECT code, link_kind, utm_source, utm_medium, utm_campaign, utm_content, utm_term, platform, account, room_id, target_url, owner, toUnixTimestamp64Milli(created_at) AS created_at, toUnixTimestamp64Milli(expires_at) AS expires_at, note, batch_seq
FROM wxlive_store.links_store FINAL

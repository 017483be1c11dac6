-- one row a viewer and instant with a touch: of touches that tie the one that counts
SELECT viewer, touched_at, touch_channel_key AS channel_key
FROM wxlive_store.distinct_touch_rows

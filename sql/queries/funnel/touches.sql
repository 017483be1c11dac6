-- one row a touch: whose, when, and the key of its channel; more than one at an instant where they tie
SELECT viewer, touch_time AS touched_at, channel_key
FROM wxlive_store.touch_rows

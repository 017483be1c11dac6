-- one row an event of the scope with its touch
SELECT * FROM wxlive_store.event_touch_rows WHERE {{scope}}

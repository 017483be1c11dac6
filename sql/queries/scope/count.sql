-- one row: events of the scope, before conditions
SELECT count() AS events FROM wxlive.events WHERE {{scope}}

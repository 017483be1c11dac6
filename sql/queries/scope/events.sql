-- one row an event of the scope
SELECT * FROM wxlive.events WHERE {{scope}}

-- one row an event name of the scope, heartbeats left out
SELECT DISTINCT toString(event) AS event FROM wxlive.events WHERE {{scope}} AND event != 'live_heartbeat' ORDER BY event

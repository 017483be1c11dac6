-- one row: starts, and the people who have one
SELECT countIf({{start}}) AS starts, uniqExactIf(viewer, {{start}}) AS viewers
FROM {{rows}}
WHERE {{where}} AND event != 'live_heartbeat'

-- one row: how many rows would leave
SELECT count() AS rows FROM {{view}} WHERE {{range}} AND {{where}}

-- one row: the zone in which days begin
SELECT zone
FROM wxlive_store.report_zone

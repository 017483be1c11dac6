-- one row: the zone in which days begin, for the loader
CREATE OR REPLACE VIEW wxlive_store.report_zone
AS
SELECT '{{zone}}' AS zone

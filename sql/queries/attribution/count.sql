-- one row: how many conversions there are
SELECT count() AS conversions FROM {{rows}} WHERE {{conversion}} AND {{where}}

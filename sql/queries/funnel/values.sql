-- one row a value of the breakdown, with the number that stands for it beside the events
SELECT bitShiftRight(cityHash64(value), 11) AS code, value
FROM
(
    SELECT toString({{value}}) AS value FROM {{rows}} WHERE {{where}} AND ({{marks}}) != 0
)
WHERE value != ''
GROUP BY value

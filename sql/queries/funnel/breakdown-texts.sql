-- one row a value the breakdown may have: the upper 53 bits of its hash, as viewer-steps tells them, and the text
SELECT bitShiftRight(cityHash64(text), 11) AS code, text
FROM (SELECT DISTINCT toString({{text}}) AS text FROM {{rows}})
WHERE text != ''

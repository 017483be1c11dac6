-- one row a value the breakdown may have: the upper 53 bits of its hash, as viewer-steps tells them, and the text
SELECT DISTINCT bitShiftRight(cityHash64(text), 11) AS code, toString({{text}}) AS text
FROM {{rows}}
WHERE text != ''

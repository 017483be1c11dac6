-- one row a channel key, the upper 53 bits of it, as viewer-steps-by-touch tells them, and the text that the breakdown shows for it, which may be empty
SELECT DISTINCT bitShiftRight(touch_channel_key, 11) AS code, toString({{text}}) AS text
FROM {{rows}}

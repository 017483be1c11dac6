-- one row a campaign whose touches of the period have at least two contents, the largest first
SELECT utm_campaign AS campaign
FROM wxlive.touches
WHERE touch_time >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND touch_time < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND utm_campaign IS NOT NULL AND utm_content IS NOT NULL
GROUP BY utm_campaign
HAVING uniqExact(utm_content) >= 2
ORDER BY uniqExact(viewer) DESC, campaign
LIMIT 6

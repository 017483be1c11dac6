-- one row a campaign with touches that have a variant, those of most people first
SELECT assumeNotNull(utm_campaign) AS campaign
FROM wxlive.touches
WHERE {{touches}}
GROUP BY utm_campaign
ORDER BY uniqExact(viewer) DESC, campaign
LIMIT 1000

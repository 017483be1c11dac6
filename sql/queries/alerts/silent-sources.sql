-- one row a source of the last 28 days from which nothing has come for so many minutes
SELECT platform, account, source, toUnixTimestamp64Milli(max(watermark)) AS watermark_ms
FROM wxlive.source_status
WHERE watermark IS NOT NULL AND (empty({platforms:Array(String)}) OR has({platforms:Array(String)}, platform))
GROUP BY platform, account, source
HAVING watermark_ms < {now_ms:Int64} - {minutes:UInt32} * 60000 AND watermark_ms >= {now_ms:Int64} - 28 * 86400000
ORDER BY platform, account, source

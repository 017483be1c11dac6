-- one row a live of WeCom that somebody told of
SELECT DISTINCT live_id
FROM wxlive_store.lives_store
WHERE platform = 'wecom' AND account = {account:String} AND live_id != ''
ORDER BY live_id

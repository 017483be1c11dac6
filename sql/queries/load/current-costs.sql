-- one row a day and channel or campaign
SELECT account, day, channel, utm_campaign, amount_fen, batch_seq
FROM wxlive_store.costs_store FINAL

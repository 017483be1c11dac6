-- one row a day and channel or campaign
CREATE OR REPLACE VIEW wxlive.costs
(
    day Date COMMENT '日期 | day',
    channel Nullable(String) COMMENT '渠道 | channel',
    utm_campaign Nullable(String) COMMENT '活动 | campaign',
    amount_fen Int64 COMMENT '花费（分）| spent in fen',
    account LowCardinality(String) COMMENT '账号 | account'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT day, nullIf(channel, '') AS channel, nullIf(utm_campaign, '') AS utm_campaign, amount_fen, account
FROM wxlive_store.costs_store FINAL
COMMENT '推广花费 | money spent'

-- one row a channel: what was spent on the days that the range touches
SELECT {{label}} AS label, sum(amount_fen) AS cost_fen
FROM wxlive.costs
WHERE day >= toDate({first_day:String}) AND day <= toDate({last_day:String})
GROUP BY label

-- one row a staff id that may have held lives: everyone in the roster, and every anchor a live names
SELECT DISTINCT employee_id
FROM
(
    SELECT employee_id FROM wxlive_store.employees_store WHERE account = {account:String}
    UNION ALL
    SELECT anchor FROM wxlive_store.lives_store WHERE platform = 'wecom' AND account = {account:String}
)
WHERE employee_id != ''
ORDER BY employee_id

-- one row an employee and first day
SELECT account, employee_id, valid_from, name, department, status, batch_seq
FROM wxlive_store.employees_store FINAL

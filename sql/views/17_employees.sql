-- one row an employee and period
CREATE OR REPLACE VIEW wxlive.employees
(
    account LowCardinality(String) COMMENT '账号 | account',
    employee_id String COMMENT '员工账号 | staff id',
    name String COMMENT '姓名 | name',
    department String COMMENT '部门 | department',
    status LowCardinality(String) COMMENT '状态：active 在职、left 离职 | status',
    valid_from Date COMMENT '生效日 | first day',
    valid_to Nullable(Date) COMMENT '失效日（不含），空为至今 | end, not in it, null for now'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    account, employee_id, name, department, status, valid_from,
    nullIf(
        leadInFrame(valid_from, 1, toDate(0))
            OVER (PARTITION BY account, employee_id ORDER BY valid_from ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING),
        toDate(0)
    ) AS valid_to
FROM wxlive_store.employees_store FINAL
COMMENT '员工花名册（含历史）| roster with its history'

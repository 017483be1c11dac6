import { fail, succeed, type DraftEmployee, type Outcome, type RejectFailure } from '../../schemas/index.js';
import type { Source } from '../source.js';
import { FieldReader, idOf, textOf } from './export-cell.js';
import { platformDay } from './platform-time.js';

/** The roster: who was in which department from which day on. Phones, mail and whatever else it holds stay out. */
export const employeesSource: Source = {
  name: 'employees',
  loads: 'whole',
  table: {
    columns: [
      {
        name: 'employee_id',
        aliases: ['账号', '帐号', 'userid', '成员账号', '成员帐号', '员工账号', '工号', '员工编号', '员工ID'],
      },
      { name: 'name', aliases: ['姓名', '成员姓名', '员工姓名', '成员名称', '成员'] },
      { name: 'department', aliases: ['部门', '所在部门', '部门名称', '所属部门'] },
      { name: 'status', aliases: ['状态', '在职状态', '员工状态', '任职状态'] },
      { name: 'valid_from', aliases: ['生效日期', '生效时间', '生效日', '变更日期', 'effective_date'] },
      { name: 'corpid', aliases: ['企业ID', 'account'] },
    ],
    required: [['employee_id'], ['department', 'status', 'valid_from'], ['name', 'department']],
    open: null,
    everyTable: false,
  },
  recognize: () => 0,
  records: null,
  normalize(row) {
    if (row.from === 'json') return fail({ code: 'not_json' });
    const { cells } = row;
    const reader = new FieldReader();
    const employeeId = reader.need(
      idOf(cells['employee_id'], 'employee_id'),
      { code: 'missing_key', field: 'employee_id' },
      '',
    );
    const status = reader.need(statusOf(cells['status']), { code: 'bad_value', field: 'status' }, 'active');
    const draft: DraftEmployee = {
      kind: 'employee',
      account: textOf(cells['corpid']),
      employee_id: employeeId,
      name: textOf(cells['name']) ?? '',
      department: textOf(cells['department']) ?? '',
      status,
      valid_from: reader.take(platformDay(cells['valid_from'], 'valid_from')),
    };
    return reader.failure === null ? succeed([draft]) : fail(reader.failure);
  },
};

const ACTIVE = new Set(['在职', '在岗', '正常', '试用', '试用期', '已激活', '启用', 'active', '1', 'true']);
const LEFT = new Set([
  '离职',
  '已离职',
  '退出企业',
  '禁用',
  '已禁用',
  '停用',
  'left',
  'inactive',
  'resigned',
  '0',
  'false',
]);

/** A roster without a word on it lists who is there. */
function statusOf(cell: unknown): Outcome<DraftEmployee['status'] | null, RejectFailure> {
  const word = textOf(cell)?.normalize('NFKC').toLowerCase() ?? null;
  if (word === null || ACTIVE.has(word)) return succeed('active');
  return LEFT.has(word) ? succeed('left') : fail({ code: 'bad_value', field: 'status' });
}

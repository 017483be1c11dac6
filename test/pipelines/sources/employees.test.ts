import { describe, expect, it } from 'vitest';
import type { CellValue } from '../../../formats/index.js';
import { employeesSource } from '../../../pipelines/sources/employees.js';
import { contextFor, isBuilt, readSample } from './read-sample.js';

const row = (cells: Record<string, CellValue>) =>
  employeesSource.normalize({ from: 'table', cells, headers: {}, others: {} }, contextFor(employeesSource));

describe('roster', () => {
  it('GB18030 CSV', async () => {
    const { drafts, rows, rejects } = await readSample(employeesSource, 'roster-1.csv');
    expect({ rows, rejects }).toEqual({ rows: 14, rejects: [] });
    expect(drafts[3]).toEqual({
      kind: 'employee',
      account: null,
      employee_id: 'emp_1021',
      name: '王明',
      department: '销售部',
      status: 'active',
      valid_from: '2026-08-10',
    });
  });

  it.skipIf(!isBuilt)('workbook with a title line: one moved, one left', async () => {
    const { drafts, rejects } = await readSample(employeesSource, 'roster-2.xlsx');
    expect(rejects).toEqual([]);
    expect(drafts).toHaveLength(14);
    expect(drafts).toContainEqual(
      expect.objectContaining({ employee_id: 'emp_1021', department: '市场部', valid_from: '2026-09-10' }),
    );
    expect(drafts).toContainEqual(
      expect.objectContaining({ employee_id: 'emp_1057', status: 'left', valid_from: '2026-09-11' }),
    );
  });

  it('words and dates', () => {
    expect(row({ employee_id: 'e', status: '离职', valid_from: '2026/9/1' })).toMatchObject({
      value: [{ status: 'left', valid_from: '2026-09-01', name: '', department: '' }],
    });
    expect(row({ employee_id: 1001, name: '甲', department: '--' })).toMatchObject({
      value: [{ employee_id: '1001', status: 'active', department: '', valid_from: null }],
    });
    expect(row({ name: '甲' })).toMatchObject({ failure: { code: 'missing_key', field: 'employee_id' } });
    expect(row({ employee_id: 'e', status: '休假中?' })).toMatchObject({
      failure: { code: 'bad_value', field: 'status' },
    });
    expect(row({ employee_id: 'e', valid_from: '上周' })).toMatchObject({
      failure: { code: 'time_unreadable' },
    });
    expect(row({ employee_id: 1_234_567_890_123_456 })).toMatchObject({
      failure: { code: 'id_lost_precision' },
    });
  });
});

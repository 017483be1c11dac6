import { describe, expect, test } from 'vitest';
import { findHeaderRow, rowKind } from '../../formats/header-row.js';
import type { CellValue } from '../../formats/table.js';

const FIELDS: Record<string, string> = { 观看人: 'name', userid: 'user', 账号: 'user', 观看时长: 'watched' };
const match = (cell: string): string | null => FIELDS[cell] ?? null;
const rows = (...lines: CellValue[][]): { row: number; cells: CellValue[] }[] =>
  lines.map((cells, at) => ({ row: at + 1, cells }));

describe('findHeaderRow', () => {
  test('finds the header below titles and keeps them', () => {
    const header = findHeaderRow(
      rows(
        ['观看明细'],
        ['导出时间：2026-09-11 11:00:00', null],
        [],
        ['观看人', ' userid\u3000', '观看时长'],
        ['张三', 'e1', 3],
      ),
      match,
    );
    expect(header?.row).toBe(4);
    expect(header?.fields).toEqual(['name', 'user', 'watched']);
    expect(header?.names).toEqual(['观看人', 'userid', '观看时长']);
    expect(header?.titles.map((title) => title.cells[0])).toEqual([
      '观看明细',
      '导出时间：2026-09-11 11:00:00',
    ]);
  });

  test('the first of a repeated name and of a repeated field wins', () => {
    const header = findHeaderRow(rows(['\ufeffuserid', 'userid', '账号', 'userid_2', '', 'userid']), match);
    expect(header?.names).toEqual(['userid', 'userid_3', '账号', 'userid_2', '', 'userid_4']);
    expect(header?.fields).toEqual(['user', null, null, null, null, null]);
  });

  test('a title that happens to be a header word does not win over the header', () => {
    expect(findHeaderRow(rows(['观看人'], ['观看人', 'userid']), match)?.row).toBe(2);
  });

  test('no row has a known header', () => {
    expect(findHeaderRow(rows(['a', 'b'], [1, 2]), match)).toBeNull();
    expect(findHeaderRow([], match)).toBeNull();
  });
});

describe('rowKind', () => {
  const header = findHeaderRow(rows(['观看人', 'userid', 'userid', '观看时长']), match);
  if (header === null) throw new Error('no header');
  test.each([
    [['张三', 'e1', '', '3'], 'data'],
    [['', null, '\u3000', ' '], 'blank'],
    [[], 'blank'],
    [['合计', '', '', '9'], 'total'],
    [[null, ' 总 计：', '', 9], 'total'],
    [['小计'], 'total'],
    [['合计师傅', 'e1', '', '3'], 'data'],
    [['观看人', 'userid', 'userid', '观看时长'], 'header'],
    [['观看人', 'userid', 'userid', '观看时长', ''], 'header'],
    [['观看人', 'e1', '', '3'], 'data'],
    [[12, '合计', '', ''], 'data'],
  ] as [CellValue[], string][])('%j is %s', (cells, kind) => {
    expect(rowKind(header, cells)).toBe(kind);
  });
});

import { describe, expect, it } from 'vitest';
import { findExportTime, findFileDay } from '../../../pipelines/import/file-time.js';

const find = (titles: readonly string[], fileName = '') => {
  const time = findExportTime({ titles, fileName });
  return time === null ? null : `${time.from} ${new Date(time.at).toISOString()}`;
};

describe('when a file was exported', () => {
  it.each([
    ['导出时间：2026-09-11 11:00:00'],
    ['导出时间: 2026/9/11 11:00'],
    ['导出时间 2026.9.11 11:00'],
    ['数据导出时间：2026年9月11日 11:00:00'],
    ['生成时间：2026-09-11T11:00:00+08:00'],
    ['Exported at: 2026-09-11 11:00:00'],
    ['直播间：kd-8544 统计时间：2026-09-10 23:00 至 2026-09-11 00:10 导出时间：2026-09-11 11：00：00'],
  ])('%s', (title) => {
    expect(find(['看点直播 分钟数据汇总', title])).toBe('title 2026-09-11T03:00:00.000Z');
  });

  it.each([
    ['统计时间：2026-09-10 23:00 至 2026-09-11 00:10'],
    ['统计时间：2026-09-10 23:00'],
    ['开播时间：2026-09-10 20:00:00'],
    ['截至时间：2026-09-10 20:00 至 2026-09-11 20:00'],
    ['导出时间：昨天'],
    ['导出时间：2026-02-30 10:00'],
    ['2026-09-11 11:00:00'],
  ])('not %s', (title) => {
    expect(find([title])).toBeNull();
  });

  it.each([
    ['观看明细_20260911_110000.xlsx'],
    ['观看明细 2026-09-11 11.00.00.xlsx'],
    ['export-20260911110000.csv'],
    ['minutes_2026-09-11T11-00.json'],
    ['导出2026年9月11日.xlsx', null],
    ['导出2026年09月11日11时00分.xlsx'],
    ['统计报表-直播-44条-2026-09-11-2026-09-11.csv', null],
    ['kd_20260910_20260911.pdf', null],
    ['roster-20260911.csv', null],
    ['20260911_2560.csv', null],
    ['watch-l1.xlsx', null],
    ['order_202609111100001234.csv', null],
  ])('name %s', (name, expected: string | null = 'name 2026-09-11T03:00:00.000Z') => {
    expect(find([], name)).toBe(expected);
  });

  it('prefers rows, then titles, then the name; of several titles the newest', () => {
    const words = {
      titles: ['导出时间：2026-09-11 11:00', '导出时间：2026-09-12 11:00'],
      fileName: 'a_20260913_110000.csv',
    };
    expect(findExportTime({ ...words, rowsExportedAt: 5 })).toEqual({ at: 5, from: 'rows' });
    expect(findExportTime(words)).toEqual({ at: Date.UTC(2026, 8, 12, 3), from: 'title' });
    expect(findExportTime({ ...words, titles: [] })).toEqual({ at: Date.UTC(2026, 8, 13, 3), from: 'name' });
    expect(findExportTime({ titles: [], fileName: 'a.csv', tables: ['20260913_110000'] })?.from).toBe('name');
  });

  it('knows the day of a roster, also from a bare date', () => {
    const day = (fileName: string, titles: string[] = []) => findFileDay({ titles, fileName });
    expect(day('花名册-20260901.xlsx')).toBe('2026-09-01');
    expect(day('花名册.xlsx', ['导出时间：2026-09-02 01:00'])).toBe('2026-09-02');
    expect(day('2026-09-01至2026-09-30.xlsx')).toBeNull();
    expect(day('花名册.xlsx')).toBeNull();
  });
});

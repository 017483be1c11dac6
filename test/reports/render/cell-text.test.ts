import { describe, expect, it } from 'vitest';
import {
  cellText,
  changeText,
  durationText,
  groupedNumber,
  headerText,
  valueText,
} from '../../../reports/render/cell-text.js';

const SHANGHAI = { timeZone: 'Asia/Shanghai' };

describe('values as text', () => {
  it.each([
    [1_234_567, 'integer', '1,234,567'],
    [-999, 'integer', '-999'],
    [0.5, 'decimal', '0.50'],
    [0.12345, 'percent', '12.3%'],
    [123_456_789, 'money_fen', '1,234,567.89'],
    [-1, 'money_fen', '-0.01'],
    [3723.4, 'duration_seconds', '1:02:03'],
    [Date.UTC(2026, 8, 10, 16, 30), 'instant', '2026-09-11 00:30'],
    ['2026-09-10', 'day', '2026-09-10'],
    [null, 'integer', '–'],
    [Number.NaN, 'percent', '–'],
  ] as const)('%s as %s is %s', (value, kind, text) => {
    expect(valueText(value, kind, SHANGHAI)).toBe(text);
  });

  it('never shows a minus before zero', () => {
    expect(groupedNumber(-0.001, 2)).toBe('0.00');
    expect(durationText(-0.2)).toBe('0:00:00');
    expect(changeText(-0.0001)).toBe('● 0.0%');
  });

  it('shows a p value that rounds to 0 as below its last digit', () => {
    const column = { key: 'p', label: 'p', kind: 'decimal', decimals: 4, isProbability: true } as const;
    expect([0.000_04, 0.0001, 0.031_26, 1].map((p) => cellText(p, column, 'UTC'))).toEqual([
      '< 0.0001',
      '0.0001',
      '0.0313',
      '1.0000',
    ]);
    expect(cellText(0, { ...column, decimals: 2 }, 'UTC')).toBe('< 0.01');
  });

  it('puts a sign on changes', () => {
    const column = { key: 'change', label: '环比', kind: 'percent', emphasis: 'change' } as const;
    expect([0.1, -0.1, 0].map((change) => cellText(change, column, 'UTC'))).toEqual([
      '+10.0%',
      '-10.0%',
      '0.0%',
    ]);
    expect([0.1, -0.1, null, Infinity].map(changeText)).toEqual(['▲ 10.0%', '▼ 10.0%', '–', '–']);
  });

  it('names the unit of money once', () => {
    const column = (label: string) => ({ key: 'a', label, kind: 'money_fen' }) as const;
    expect(headerText(column('GMV'), 'zh')).toBe('GMV（元）');
    expect(headerText(column('GMV'), 'en')).toBe('GMV (CNY)');
    expect(headerText(column('金额(元)'), 'zh')).toBe('金额(元)');
  });
});

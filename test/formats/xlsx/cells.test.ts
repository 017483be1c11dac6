import { describe, expect, it } from 'vitest';
import {
  builtinFormatKind,
  CellDates,
  CellKind,
  formatKind,
  isoCellText,
  parseReference,
  unescapeCellText,
} from '../../../formats/xlsx/cells.js';

describe('formatKind', () => {
  it.each([
    ['General', CellKind.Number],
    ['0.00%', CellKind.Number],
    ['#,##0.00;[Red]-#,##0.00', CellKind.Number],
    ['0.00E+00', CellKind.Number],
    ['@', CellKind.Number],
    ['0"d"', CellKind.Number],
    ['0\\d', CellKind.Number],
    ['#,##0_m', CellKind.Number],
    ['[$¥-804]#,##0.00', CellKind.Number],
    ['[DBNum1]General', CellKind.Number],
    ['yyyy-mm-dd', CellKind.Date],
    ['yyyy"年"m"月"d"日"', CellKind.Date],
    ['[$-804]yyyy/m/d;@', CellKind.Date],
    ['mmm', CellKind.Date],
    ['dddd', CellKind.Date],
    ['yyyy-mm-dd hh:mm:ss', CellKind.DateTime],
    ['m/d/yy h:mm AM/PM', CellKind.DateTime],
    ['yyyy\\-mm\\-dd\\ hh:mm:ss.000', CellKind.DateTime],
    ['h:mm:ss', CellKind.Time],
    ['mm:ss.0', CellKind.Time],
    ['上午/下午h"时"mm"分"', CellKind.Time],
    ['[h]:mm:ss', CellKind.Duration],
    ['[HH]:MM', CellKind.Duration],
    ['[mm]:ss', CellKind.Duration],
    ['[s]', CellKind.Duration],
  ])('%s', (code, kind) => {
    expect(formatKind(code)).toBe(kind);
  });

  it('knows the formats no workbook writes down', () => {
    const kinds = [0, 2, 9, 14, 21, 22, 27, 31, 36, 45, 46, 47, 49, 57, 164].map(builtinFormatKind);
    const { Number: number, Date: date, DateTime: dateTime, Time: time, Duration: duration } = CellKind;
    expect(kinds).toEqual([
      number,
      number,
      number,
      date,
      time,
      dateTime,
      date,
      date,
      date,
      time,
      duration,
      time,
      number,
      date,
      number,
    ]);
  });
});

describe('CellDates', () => {
  const dates = new CellDates(false);
  it.each<[number, (typeof CellKind)[keyof typeof CellKind], string | number]>([
    [46275, CellKind.Date, '2026-09-10'],
    [46275 + 54_574 / 86_400, CellKind.Date, '2026-09-10 15:09:34'],
    [46275, CellKind.DateTime, '2026-09-10 00:00:00'],
    [46275.6316435185, CellKind.DateTime, '2026-09-10 15:09:34'],
    [46275.63164494213, CellKind.DateTime, '2026-09-10 15:09:34.123'],
    [46275.9999999999, CellKind.DateTime, '2026-09-11 00:00:00'],
    [46275.5, CellKind.Time, '2026-09-10 12:00:00'],
    [1, CellKind.Date, '1900-01-01'],
    [59, CellKind.Date, '1900-02-28'],
    [60, CellKind.Date, '1900-02-29'],
    [61, CellKind.Date, '1900-03-01'],
    [2_958_465, CellKind.Date, '9999-12-31'],
    [2_958_466, CellKind.Date, 2_958_466],
    [-1, CellKind.Date, -1],
    [0, CellKind.Time, '00:00:00'],
    [0.0361111111111111, CellKind.Time, '00:52:00'],
    [0.5, CellKind.DateTime, '12:00:00'],
    [1.5, CellKind.Time, '36:00:00'],
    [0.0361111111111111, CellKind.Duration, '00:52:00'],
    [5.25, CellKind.Duration, '126:00:00'],
    [41_700, CellKind.Duration, '1000800:00:00'],
    [-0.5, CellKind.Duration, '-12:00:00'],
    [Number.NaN, CellKind.Date, Number.NaN],
    [1e300, CellKind.DateTime, 1e300],
  ])('%d as kind %d is %s', (serial, kind, text) => {
    expect(dates.text(serial, kind)).toEqual(text);
  });

  it('counts from 1904 where the workbook says so', () => {
    const from1904 = new CellDates(true);
    expect(from1904.text(0, CellKind.Date)).toBe('1904-01-01');
    expect(from1904.text(44_813, CellKind.Date)).toBe('2026-09-10');
    expect(from1904.text(44_813.25, CellKind.DateTime)).toBe('2026-09-10 06:00:00');
    expect(from1904.text(0.25, CellKind.Time)).toBe('06:00:00');
  });

  it('gives back every second of a day as it was', () => {
    for (let second = 0; second < 86_400; second += 7) {
      const clock = new Date(second * 1000).toISOString().slice(11, 19);
      expect(dates.text(46_275 + second / 86_400, CellKind.DateTime)).toBe(`2026-09-10 ${clock}`);
    }
  });
});

describe('isoCellText', () => {
  it.each([
    ['2026-09-10', CellKind.Date, '2026-09-10'],
    ['2026-09-10T00:00:00', CellKind.Date, '2026-09-10'],
    ['2026-09-10T00:00:00.000Z', CellKind.DateTime, '2026-09-10 00:00:00'],
    ['2026-09-10T15:09:34.5', CellKind.DateTime, '2026-09-10 15:09:34.500'],
    ['15:09:34', CellKind.Time, '15:09:34'],
  ])('%s', (value, kind, text) => {
    expect(isoCellText(value, kind)).toBe(text);
  });
});

it('unescapeCellText undoes what XML cannot hold', () => {
  expect(unescapeCellText('a_x000D_b_x005F_x000D_ _x12_ x_')).toBe('a\rb_x000D_ _x12_ x_');
});

it('parseReference', () => {
  expect(parseReference('A1')).toEqual({ row: 1, column: 0 });
  expect(parseReference('$XFD$1048576')).toEqual({ row: 1_048_576, column: 16_383 });
  expect(parseReference('1A')).toBeNull();
});

import { describe, expect, it } from 'vitest';
import { excelDaySerial, excelSerial } from '../../../formats/xlsx/excel-date.js';

describe('spreadsheet dates', () => {
  it('are the numbers spreadsheets know', () => {
    expect(excelDaySerial('1900-03-01')).toBe(61);
    expect(excelDaySerial('2026-09-10')).toBe(46_275);
    expect(excelDaySerial('9999-12-31')).toBe(2_958_465);
    expect(excelSerial(Date.UTC(2026, 8, 10, 12))).toBe(46_275.5);
  });

  it('are none where spreadsheets disagree or end', () => {
    expect(excelDaySerial('1900-02-28')).toBeNull();
    expect(excelSerial(Date.UTC(9999, 11, 31) + 86_400_000)).toBeNull();
    expect(excelDaySerial('2026-02-30')).toBeNull();
    expect(excelDaySerial('2026-9-1')).toBeNull();
    expect(excelSerial(Number.NaN)).toBeNull();
  });
});

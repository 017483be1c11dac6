import { describe, expect, it } from 'vitest';
import { definitionFolders, loadDefinition } from '../../../reports/index.js';
import { comparisonsOf, definedPeriod } from '../../../reports/run/period.js';
import { boundsOf } from '../../../reports/run/targets.js';
import { startOfDay, type ReportDefinition } from '../../../schemas/index.js';

const days = (zone: string, from: string, to: string): { from: number; to: number } => ({
  from: startOfDay(from, zone),
  to: startOfDay(to, zone),
});
const SHANGHAI = 'Asia/Shanghai';

function definitionOf(period: ReportDefinition['period']): ReportDefinition {
  const found = loadDefinition('daily-live-brief', definitionFolders(undefined));
  if (!found.ok) throw new Error(found.failure.message);
  return { ...found.value, period };
}

describe('the period of a report', () => {
  it.each([
    ['yesterday', '2026-11-24', '2026-11-25'],
    ['last_7_days', '2026-11-18', '2026-11-25'],
    ['last_30_days', '2026-10-26', '2026-11-25'],
    ['last_week', '2026-11-16', '2026-11-23'],
    ['last_month', '2026-10-01', '2026-11-01'],
  ] as const)('%s on Wednesday 2026-11-25 is from %s to %s', (period, from, to) => {
    // 00:30 in Shanghai is still the day before in UTC.
    const now = Date.UTC(2026, 10, 24, 16, 30);
    expect(definedPeriod(definitionOf(period), now, SHANGHAI, 'zh')).toMatchObject(days(SHANGHAI, from, to));
  });
});

describe('what a period is compared with', () => {
  it('a day: the day before and the same weekday', () => {
    expect(comparisonsOf(days(SHANGHAI, '2026-11-24', '2026-11-25'), SHANGHAI, 'zh')).toMatchObject([
      { id: 'previous', ...days(SHANGHAI, '2026-11-23', '2026-11-24') },
      { id: 'weekday', ...days(SHANGHAI, '2026-11-17', '2026-11-18') },
    ]);
  });

  it('whole days stay whole where clocks change', () => {
    const zone = 'Europe/Berlin';
    const [previous, weekday] = comparisonsOf(days(zone, '2026-10-25', '2026-10-26'), zone, 'en');
    expect(previous).toMatchObject(days(zone, '2026-10-24', '2026-10-25'));
    expect((previous?.to ?? 0) - (previous?.from ?? 0)).toBe(24 * 3_600_000);
    expect(weekday).toMatchObject(days(zone, '2026-10-18', '2026-10-19'));
  });

  it('a calendar month: the one before', () => {
    expect(comparisonsOf(days(SHANGHAI, '2026-03-01', '2026-04-01'), SHANGHAI, 'zh')).toMatchObject([
      days(SHANGHAI, '2026-02-01', '2026-03-01'),
    ]);
  });

  it('hours: as many hours before', () => {
    expect(comparisonsOf({ from: 7_200_000, to: 10_800_000 }, SHANGHAI, 'zh')).toMatchObject([
      { from: 3_600_000, to: 7_200_000 },
    ]);
  });
});

describe('the time of a target', () => {
  it.each([
    ['2026', '2026-01-01', '2027-01-01'],
    ['2026-12', '2026-12-01', '2027-01-01'],
    // ISO 8601: 2026 begins on a Thursday, so its week 1 begins in 2025; 2026 has 53 weeks.
    ['2026-W01', '2025-12-29', '2026-01-05'],
    ['2026-W53', '2026-12-28', '2027-01-04'],
    ['2026-02-28', '2026-02-28', '2026-03-01'],
  ])('%s is from %s to %s', (period, from, to) => {
    expect(boundsOf(period, SHANGHAI)).toEqual(days(SHANGHAI, from, to));
  });

  it('is null for what names none', () => {
    expect(boundsOf('Q3', SHANGHAI)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';

import { createPeriodClock } from '../../../reports/analyses/report-period.js';

describe('periods of the report zone', () => {
  it.each([
    ['day', 'Asia/Shanghai', '2026-11-23T15:59:59.999Z', '2026-11-23'],
    ['day', 'Asia/Shanghai', '2026-11-23T16:00:00Z', '2026-11-24'],
    ['week', 'Asia/Shanghai', '2026-11-29T15:59:59Z', '2026-11-23'],
    ['week', 'Asia/Shanghai', '2026-11-29T16:00:00Z', '2026-11-30'],
    ['month', 'Asia/Shanghai', '2026-11-30T16:00:00Z', '2026-12-01'],
    ['day', 'America/New_York', '2026-11-01T04:30:00Z', '2026-11-01'],
    ['day', 'America/New_York', '2026-11-02T04:30:00Z', '2026-11-01'],
    ['day', 'Asia/Kathmandu', '2026-11-23T18:14:59Z', '2026-11-23'],
    ['day', 'Asia/Kathmandu', '2026-11-23T18:15:00Z', '2026-11-24'],
  ] as const)('a %s in %s at %s begins on %s', (unit, zone, instant, first) => {
    const clock = createPeriodClock(unit, zone);
    expect(clock.nameOf(clock.periodOf(Date.parse(instant)))).toBe(first);
  });

  it('are listed without a gap', () => {
    const clock = createPeriodClock('month', 'Asia/Shanghai');
    const [from, to] = ['2026-11-05T00:00:00Z', '2027-02-05T00:00:00Z'].map((text) =>
      clock.periodOf(Date.parse(text)),
    );
    expect(clock.between(from ?? 0, to ?? 0).map((at) => clock.nameOf(at))).toEqual([
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { timeTicks } from '../../../reports/render/time-ticks.js';

const labels = (from: number, minutes: number, zone: string) =>
  timeTicks(from, from + minutes * 60_000, zone).map((tick) => tick.label);

describe('timeTicks', () => {
  it('reads as the clock on the wall', () => {
    expect(labels(Date.UTC(2026, 8, 10, 12), 150, 'Asia/Shanghai')).toEqual([
      '20:00',
      '20:20',
      '20:40',
      '21:00',
      '21:20',
      '21:40',
      '22:00',
      '22:20',
    ]);
    expect(labels(Date.UTC(2026, 8, 10, 12, 3), 14, 'Asia/Kathmandu')).toEqual([
      '17:48',
      '17:50',
      '17:52',
      '17:54',
      '17:56',
      '17:58',
      '18:00',
      '18:02',
    ]);
  });

  it('names the day at midnight, and days over weeks', () => {
    expect(labels(Date.UTC(2026, 8, 10, 14), 240, 'Asia/Shanghai')).toContain('09-11');
    expect(
      labels(Date.UTC(2026, 8, 1), 20 * 1440, 'Asia/Shanghai').every((label) => /^\d\d-\d\d$/.test(label)),
    ).toBe(true);
  });

  it('stays on round hours when the clocks change', () => {
    const ticks = labels(Date.UTC(2026, 2, 29, 0), 6 * 60, 'Europe/Berlin');
    expect(ticks).toEqual(['01:00', '03:00', '04:00', '05:00', '06:00', '07:00', '08:00']);
  });

  it('never gives more than ten, for any length', () => {
    for (let minutes = 1; minutes < 100_000; minutes = Math.ceil(minutes * 1.3)) {
      const count = labels(Date.UTC(2026, 8, 10, 12), minutes, 'Asia/Shanghai').length;
      expect(count).toBeLessThanOrEqual(11);
      expect(count).toBeGreaterThanOrEqual(1);
    }
  });
});

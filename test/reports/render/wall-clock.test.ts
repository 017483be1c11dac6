import { describe, expect, it } from 'vitest';
import { instantText, wallClockOf } from '../../../reports/render/wall-clock.js';

/** The oracle: Intl's own parts. */
function byParts(instant: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

describe('wall times', () => {
  it.each([
    'Asia/Shanghai',
    'UTC',
    'America/New_York',
    'Europe/London',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
  ])('are what Intl says in %s, over the changes of a year', (timeZone) => {
    // steps that share no factor with a day: every hour of the day is met, on both sides of every change
    for (let instant = Date.UTC(2026, 0, 1); instant < Date.UTC(2027, 0, 1); instant += 37 * 60_000 * 11) {
      expect(instantText(instant, timeZone, true)).toBe(byParts(instant, timeZone));
    }
  });

  it('keeps milliseconds', () => {
    expect(wallClockOf('Asia/Shanghai')(1_789_041_600_123)).toBe(1_789_041_600_123 + 8 * 3_600_000);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => wallClockOf('Mars/Olympus')(0)).toThrow(RangeError);
  });
});

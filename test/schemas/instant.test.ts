import { describe, expect, it } from 'vitest';
import {
  instantOfWallTime,
  isTimeZone,
  parseInstantText,
  readEpochSeconds,
  readInstant,
} from '../../schemas/instant.js';
import { seededRandom } from '../seeded-random.js';

const receivedAt = Date.UTC(2026, 8, 20);
const inNoZone = { receivedAt, zone: null };
const inShanghai = { receivedAt, zone: 'Asia/Shanghai' };
const expected = Date.UTC(2026, 8, 10, 7, 9, 34);

describe('readInstant', () => {
  it.each([
    [1_789_024_174_000, 1_789_024_174_000],
    [1_789_024_174_000.9, 1_789_024_174_000],
    ['1789024174000', 1_789_024_174_000],
    ['1789024174000.75', 1_789_024_174_000],
    [' 1789024174000 ', 1_789_024_174_000],
    ['946684800000', 946_684_800_000],
    ['2026-09-10T15:09:34+08:00', expected],
    ['2026-09-10T15:09:34+0800', expected],
    ['2026-09-10T15:09:34+08', expected],
    ['2026-09-10T07:09:34Z', expected],
    ['2026-09-10 07:09:34z', expected],
    ['20260910T150934+0800', expected],
    ['2026-09-10T07:09:34.1239Z', expected + 123],
    ['2026-09-10T07:09:34,5Z', expected + 500],
    ['2026-09-10T07:09Z', expected - 34_000],
    ['2026-09-09T20:39:34-10:30', expected],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    [946_684_800_000, 946_684_800_000],
    [receivedAt + 86_400_000, receivedAt + 86_400_000],
    ['2026-09-21T00:00:00Z', receivedAt + 86_400_000],
    ['2000-01-01T00:00:00Z', 946_684_800_000],
  ])('reads %s', (value, instant) => {
    expect(readInstant(value, inNoZone)).toBe(instant);
  });

  it.each([
    [undefined, 'time_unreadable'],
    [null, 'time_unreadable'],
    ['', 'time_unreadable'],
    [true, 'time_unreadable'],
    [{}, 'time_unreadable'],
    [Number.NaN, 'time_unreadable'],
    ['yesterday', 'time_unreadable'],
    ['20260910', 'time_unreadable'],
    ['1.789e12', 'time_unreadable'],
    ['2026-02-29T00:00:00Z', 'time_unreadable'],
    ['2026-13-01T00:00:00Z', 'time_unreadable'],
    ['2026-09-31T00:00:00Z', 'time_unreadable'],
    ['2026-09-10T24:00:00Z', 'time_unreadable'],
    ['2026-09-10T23:60:00Z', 'time_unreadable'],
    ['2026-09-10T15:09:34+25:00', 'time_unreadable'],
    ['2026-09-10T15:09:34+08:00x', 'time_unreadable'],
    [1_789_024_174, 'time_unit'],
    [1_789_024_174.5, 'time_unit'],
    ['1789024174', 'time_unit'],
    ['2026-09-10T15:09:34', 'time_without_offset'],
    ['2026-09-10 15:09:34', 'time_without_offset'],
    ['2026/9/10 15:09', 'time_without_offset'],
    ['2026-09-10', 'time_without_offset'],
    [946_684_799_999, 'time_out_of_range'],
    [receivedAt + 86_400_001, 'time_out_of_range'],
    [1e20, 'time_out_of_range'],
    [Number.POSITIVE_INFINITY, 'time_out_of_range'],
    [-1, 'time_out_of_range'],
    [0, 'time_out_of_range'],
    ['1999-12-31T23:59:59.999Z', 'time_out_of_range'],
    ['2099-01-01T00:00:00Z', 'time_out_of_range'],
    ['2026-09-21T00:00:00.001Z', 'time_out_of_range'],
    [1_789_024_174_000_000, 'time_out_of_range'],
  ])('refuses %s', (value, code) => {
    expect(readInstant(value, inNoZone)).toBe(code);
  });

  it.each([
    ['2026-09-10 15:09:34', expected],
    ['2026/9/10 15:09', expected - 34_000],
    ['2026.9.10 15:09', expected - 34_000],
    ['2026年9月10日 15:09:34', expected],
    ['2026年9月10日15时9分34秒', expected],
    ['2026-09-10', Date.UTC(2026, 8, 9, 16)],
    ['2026-09-10T07:09:34Z', expected],
  ])('reads the wall clock %s in Shanghai', (value, instant) => {
    expect(readInstant(value, inShanghai)).toBe(instant);
  });

  it('cuts the fraction of seconds that a source counts in', () => {
    expect(readEpochSeconds('1789024174', receivedAt)).toBe(1_789_024_174_000);
    expect(readEpochSeconds(1_789_024_174.0019, receivedAt)).toBe(1_789_024_174_001);
    expect(readEpochSeconds(1_789_024_174_000, receivedAt)).toBe('time_out_of_range');
    expect(readEpochSeconds('x', receivedAt)).toBe('time_unreadable');
  });
});

describe('wall clocks', () => {
  const zones = [
    'Asia/Shanghai',
    'America/New_York',
    'Europe/London',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Pacific/Apia',
  ];

  /** What Intl shows in a zone: the reader that knows nothing of ours. */
  function shown(instant: number, zone: string): string {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).formatToParts(instant);
    const part = (type: string): string => parts.find((found) => found.type === type)?.value ?? '';
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
  }

  it('gives the instant at which Intl shows the wall time', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 2_000; round += 1) {
      const zone = random.pick(zones);
      const instant = Date.UTC(2000, 0, 1) + random.below(27 * 365 * 86_400) * 1000;
      const wall = shown(instant, zone);
      const parsed = parseInstantText(wall, zone) ?? Number.NaN;
      expect(shown(parsed, zone)).toBe(wall);
      expect(parsed).toBeLessThanOrEqual(instant);
    }
  });

  it('takes the first of two equal wall times and moves on over a gap', () => {
    // 2026-11-01 01:30 stood twice in New York: first by summer time.
    expect(instantOfWallTime(Date.UTC(2026, 10, 1, 1, 30), 'America/New_York')).toBe(
      Date.UTC(2026, 10, 1, 5, 30),
    );
    // 2026-03-08 02:30 stood never: 03:30 by summer time.
    expect(instantOfWallTime(Date.UTC(2026, 2, 8, 2, 30), 'America/New_York')).toBe(
      Date.UTC(2026, 2, 8, 7, 30),
    );
  });

  it('knows which zones there are', () => {
    expect(isTimeZone('Asia/Shanghai')).toBe(true);
    expect(isTimeZone('Asia/Beijing')).toBe(false);
  });
});

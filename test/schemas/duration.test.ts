import { describe, expect, it } from 'vitest';
import { durationUnitOfHeader, MAX_DURATION_SECONDS, parseDurationSeconds } from '../../schemas/index.js';

const seconds = (
  value: string | number | boolean | null,
  unit?: Parameters<typeof parseDurationSeconds>[1],
) => {
  const parsed = parseDurationSeconds(value, unit);
  return parsed.ok ? parsed.value : parsed.failure.code;
};

describe('durations', () => {
  it.each([
    ['3120', 3120],
    ['3,120', 3120],
    [' ３１２０ ', 3120],
    ['1小时2分3秒', 3723],
    ['1小时11分51秒', 4311],
    ['45分0秒', 2700],
    ['52分', 3120],
    ['52分钟', 3120],
    ['2小时', 7200],
    ['1 小时 5 秒', 3605],
    ['1.5小时', 5400],
    ['1天2小时', 93_600],
    ['1h2m3s', 3723],
    ['52 min', 3120],
    ['00:52:00', 3120],
    ['01:09:36', 4176],
    ['52:00', 3120],
    ['100:00:00', 360_000],
    ['00：52：00', 3120],
    ['1:02:03.6', 3724],
    ['0', 0],
    ['-', null],
    ['--', null],
    ['—', null],
    ['', null],
    ['   ', null],
  ])('%j', (text, expected) => {
    expect(seconds(text)).toBe(expected);
  });

  it.each([
    '1分2小时',
    '1分2分',
    '00:52:60',
    '1:60:00',
    '1:2',
    '-5',
    '-00:05:00',
    'abc',
    '秒',
    '12分钟多',
    '3,12',
    '1789012800',
    'NaN',
    'Infinity',
    '1e3',
  ])('refuses %j', (text) => {
    expect(seconds(text)).toBe('bad_duration');
  });

  it('takes a bare number by the unit, and what a cell states before it', () => {
    expect(seconds(47.25, 'minutes')).toBe(2835);
    expect(seconds('47.25', 'minutes')).toBe(2835);
    expect(seconds(1234, 'milliseconds')).toBe(1);
    expect(seconds(0.1, 'hours')).toBe(360);
    expect(seconds('30秒', 'minutes')).toBe(30);
    expect(seconds(0.5)).toBe(1);
    expect(seconds(0.4999)).toBe(0);
    expect(seconds(null)).toBeNull();
    expect(seconds(true)).toBe('bad_duration');
    expect(seconds(-1)).toBe('bad_duration');
    expect(seconds(Number.NaN)).toBe('bad_duration');
    expect(seconds(MAX_DURATION_SECONDS)).toBe(MAX_DURATION_SECONDS);
    expect(seconds(MAX_DURATION_SECONDS + 1)).toBe('bad_duration');
  });

  it('reads back every whole number of seconds in each of its forms', () => {
    for (let total = 0; total < 200_000; total += 37) {
      const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
      const two = (part: number) => String(part).padStart(2, '0');
      expect(seconds(`${h}小时${m}分${s}秒`)).toBe(total);
      expect(seconds(`${two(h)}:${two(m)}:${two(s)}`)).toBe(total);
      expect(seconds(`${h}h ${m}m ${s}s`)).toBe(total);
      expect(seconds((total / 60).toFixed(6), 'minutes')).toBe(total);
    }
  });

  it('reads the unit of a header', () => {
    expect(durationUnitOfHeader('观看时长（分钟）')).toBe('minutes');
    expect(durationUnitOfHeader('观看时长(秒)')).toBe('seconds');
    expect(durationUnitOfHeader('观看时长 （ 小时 ）')).toBe('hours');
    expect(durationUnitOfHeader('时长(ms)')).toBe('milliseconds');
    expect(durationUnitOfHeader('watch_minutes')).toBe('minutes');
    expect(durationUnitOfHeader('watch_seconds')).toBe('seconds');
    expect(durationUnitOfHeader('观看时长')).toBeNull();
    expect(durationUnitOfHeader('参与时长(含回放)')).toBeNull();
  });
});

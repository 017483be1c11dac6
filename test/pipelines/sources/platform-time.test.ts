import { describe, expect, it } from 'vitest';
import { apiTime, pastTime, platformDay, platformTime } from '../../../pipelines/sources/platform-time.js';

const at = (value: unknown) => {
  const time = platformTime(value, 'f');
  return time.ok ? (time.value === null ? null : new Date(time.value).toISOString()) : time.failure.code;
};

describe('times of platform exports', () => {
  it.each([
    ['2026-09-10 23:00', '2026-09-10T15:00:00.000Z'],
    ['2026-09-10 15:09:34', '2026-09-10T07:09:34.000Z'],
    ['2026-09-10 15:09:34.5', '2026-09-10T07:09:34.500Z'],
    ['2026/9/10 8:05:09', '2026-09-10T00:05:09.000Z'],
    ['2026-09-11 00:10', '2026-09-10T16:10:00.000Z'],
    ['2026-09-10T23:00:00+08:00', '2026-09-10T15:00:00.000Z'],
    ['2026-09-10T15:00:00Z', '2026-09-10T15:00:00.000Z'],
    ['2026年9月10日 20时05分', '2026-09-10T12:05:00.000Z'],
    ['20260911110000', '2026-09-11T03:00:00.000Z'],
    ['2026-09-11', '2026-09-10T16:00:00.000Z'],
    [1_788_919_200, '2026-09-09T02:00:00.000Z'],
    ['1788919200', '2026-09-09T02:00:00.000Z'],
    [1_788_919_200_000, '2026-09-09T02:00:00.000Z'],
    ['--', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%j', (value, expected) => {
    expect(at(value)).toBe(expected);
  });

  it('text dates 2025.3.26 18:17', () => {
    expect(at('2025.3.26 18:17')).toBe('2025-03-26T10:17:00.000Z');
  });

  it.each([
    '2026-02-30 10:00',
    '2026-13-01',
    '2026-09-10 24:00',
    '2026-09-10 10:60',
    'yesterday',
    '12',
    12,
    true,
  ])('refuses %j', (value) => {
    expect(at(value)).toBe('time_unreadable');
  });

  it('keeps to the years 2000 to 2099, and what has happened to a day after receipt', () => {
    expect(at('1999-12-31 10:00')).toBe('time_out_of_range');
    expect(at('2100-01-02')).toBe('time_out_of_range');
    const receivedAt = Date.UTC(2026, 8, 10);
    expect(pastTime(receivedAt + 86_400_000, receivedAt, 'f')).toEqual({
      ok: true,
      value: receivedAt + 86_400_000,
    });
    expect(pastTime(receivedAt + 86_400_001, receivedAt, 'f')).toMatchObject({ ok: false });
  });

  it('takes 0 of an API for nothing', () => {
    expect(apiTime(0, 'f')).toEqual({ ok: true, value: null });
    expect(apiTime('0', 'f')).toEqual({ ok: true, value: null });
  });

  it('gives the day in Beijing', () => {
    expect(platformDay('2026-09-10', 'f')).toEqual({ ok: true, value: '2026-09-10' });
    expect(platformDay('2026-09-09T23:30:00Z', 'f')).toEqual({ ok: true, value: '2026-09-10' });
    expect(platformDay('2026.9.1', 'f')).toEqual({ ok: true, value: '2026-09-01' });
    expect(platformDay('20260901', 'f')).toEqual({ ok: true, value: '2026-09-01' });
  });
});

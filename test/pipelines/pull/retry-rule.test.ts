import { describe, expect, it } from 'vitest';
import { retryAfterMs, waitBefore, type Trouble } from '../../../pipelines/pull/retry-rule.js';

const waits = (trouble: Trouble, random: number): (number | null)[] =>
  [1, 2, 3, 4, 5, 6, 7].map((tries) => waitBefore(trouble, tries, random));

describe('how long to wait', () => {
  it('grows, is half random, and ends', () => {
    const least = waits({ kind: 'transient' }, 0);
    const most = waits({ kind: 'transient' }, 0.999_999);
    expect(least.slice(0, 5)).toEqual([500, 1_000, 2_000, 4_000, null]);
    least.forEach((wait, at) => {
      const other = most[at];
      if (wait === null || other === null || other === undefined) return;
      expect(other).toBeGreaterThanOrEqual(wait * 2 - 1);
    });
  });

  it('heeds what the server asks for, never less, and leaves one alone that asks for long', () => {
    for (const random of [0, 0.5, 0.99]) {
      expect(waitBefore({ kind: 'limited', waitMs: 7_000 }, 1, random)).toBeGreaterThanOrEqual(7_000);
    }
    expect(waitBefore({ kind: 'limited', waitMs: 3_600_000 }, 1, 0)).toBeNull();
  });

  it('waits out the minute that WeCom blocks for', () => {
    const found = waits({ kind: 'limited_minute' }, 0.3);
    expect(found.slice(2)).toEqual([null, null, null, null, null]);
    for (const wait of found.slice(0, 2)) expect(wait).toBeGreaterThanOrEqual(60_000);
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.UTC(2026, 10, 11, 12, 0, 0);
    expect(retryAfterMs('30', now)).toBe(30_000);
    expect(retryAfterMs('Wed, 11 Nov 2026 12:01:00 GMT', now)).toBe(60_000);
    expect(retryAfterMs('Wed, 11 Nov 2026 11:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeNull();
    expect(retryAfterMs(null, now)).toBeNull();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FlushPace } from '../../../pipelines/consume/flush-pace.js';

/** By a clock of the test's own: no figure here depends on the machine. */
describe('the pace of flushes', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** How long it takes until a flush is due. */
  async function until(pace: FlushPace, lane: { records: number }, over: AbortSignal): Promise<number> {
    const began = performance.now();
    let ended = Number.NaN;
    void pace.due([lane], over).then(() => (ended = performance.now() - began));
    await vi.advanceTimersByTimeAsync(10_000);
    return ended;
  }

  it('keeps the interval while little comes, and up to four of them while much does', async () => {
    const never = new AbortController().signal;
    for (const [records, wanted] of [
      [10, 200],
      [2_000, 200],
      [4_000, 400],
      [8_000, 800],
      [40_000, 800],
    ] as const) {
      const pace = new FlushPace(200, 50_000);
      void pace.due([{ records: 1 }], never);
      await vi.advanceTimersByTimeAsync(0);
      pace.flushed(records);
      expect(await until(pace, { records: 1 }, never), String(records)).toBe(wanted);
    }
  });

  it('is due at once when enough waits, and when it is over', async () => {
    const ending = new AbortController();
    const pace = new FlushPace(200, 5_000);
    void pace.due([{ records: 1 }], ending.signal);
    await vi.advanceTimersByTimeAsync(0);
    pace.flushed(5_000);
    const lane = { records: 4_999 };
    setTimeout(() => (lane.records = 5_000), 90);
    expect(await until(pace, lane, ending.signal)).toBe(100);
    void pace.due([{ records: 1 }], ending.signal);
    setTimeout(() => {
      ending.abort();
    }, 30);
    expect(await until(pace, { records: 1 }, ending.signal)).toBeLessThan(100);
  });
});

import { describe, expect, it } from 'vitest';
import { createTask } from 'node-cron';
import { nextTime, parseCron, timesBetween, type CronTimes } from '../../../reports/index.js';
import { instantText } from '../../../schemas/index.js';
import { seededRandom } from '../../seeded-random.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function cron(expression: string, zone: string): CronTimes {
  const parsed = parseCron(expression, zone);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function texts(expression: string, zone: string, from: string, to: string): string[] {
  return timesBetween(cron(expression, zone), Date.parse(from), Date.parse(to)).map((at) =>
    instantText(at, zone).replace('.000', ''),
  );
}

describe('due times', () => {
  it('finds those node-cron finds, minute by minute, where clocks do not change', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 25; round++) {
      const hour = random.below(24);
      const expression = random.pick([
        `${String(random.below(60))} ${String(hour)} * * *`,
        `*/${String(random.pick([5, 15, 20]))} ${String(hour)}-23 * * 1-5`,
        `0 ${String(hour)} 1,${String(2 + random.below(28))} * *`,
        `${String(random.below(60))} * * * sun`,
      ]);
      const from = Date.UTC(2026, random.below(12), 1 + random.below(28), random.below(24));
      const task = createTask(expression, () => undefined, { timezone: 'Asia/Shanghai' });
      const expected: number[] = [];
      for (let at = from + MINUTE_MS; at <= from + 30 * HOUR_MS; at += MINUTE_MS)
        if (task.match(new Date(at))) expected.push(at);
      void task.destroy();
      const times = cron(expression, 'Asia/Shanghai');
      expect(timesBetween(times, from, from + 30 * HOUR_MS), expression).toEqual(expected);
      const next = nextTime(times, from);
      if (expected.length > 0) expect(next).toBe(expected[0]);
      else expect(next).toBeGreaterThan(from + 30 * HOUR_MS);
    }
  });

  it('keeps a daily time once a day where clocks change', () => {
    // Berlin: 02:00 becomes 03:00 on 29 March, 03:00 becomes 02:00 on 25 October
    expect(texts('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-03-28T02:30:00+01:00',
      '2026-03-29T03:30:00+02:00',
      '2026-03-30T02:30:00+02:00',
    ]);
    expect(texts('30 2 * * *', 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-26T12:00Z')).toEqual([
      '2026-10-24T02:30:00+02:00',
      '2026-10-25T02:30:00+02:00',
      '2026-10-26T02:30:00+01:00',
    ]);
  });

  it('runs what is due every hour in every hour that passes', () => {
    for (const [from, to] of [
      ['2026-03-29T00:10Z', '2026-03-29T04:10Z'],
      ['2026-10-25T00:10Z', '2026-10-25T04:10Z'],
    ] as const) {
      const found = timesBetween(cron('0 * * * *', 'Europe/Berlin'), Date.parse(from), Date.parse(to));
      expect(found.map((at) => (at - Date.parse(from)) / MINUTE_MS)).toEqual([50, 110, 170, 230]);
    }
  });

  it('knows the last day of a month, and days there are none of', () => {
    expect(texts('0 9 L * *', 'Asia/Shanghai', '2028-01-31T02:00Z', '2028-04-01T00:00Z')).toEqual([
      '2028-02-29T09:00:00+08:00',
      '2028-03-31T09:00:00+08:00',
    ]);
    expect(nextTime(cron('0 9 29 2 *', 'UTC'), Date.UTC(2026, 0, 1))).toBe(Date.UTC(2028, 1, 29, 9));
  });

  it('cuts a stretch into pieces without losing or doubling a time', () => {
    const times = cron('*/20 1-3 * * *', 'America/New_York');
    const [from, to] = [Date.UTC(2026, 9, 30), Date.UTC(2026, 10, 3)];
    const pieces: number[] = [];
    const random = seededRandom(5);
    for (let at = from; at < to;) {
      const end = Math.min(to, at + (1 + random.below(300)) * MINUTE_MS);
      pieces.push(...timesBetween(times, at, end));
      at = end;
    }
    expect(pieces).toEqual(timesBetween(times, from, to));
  });

  it.each(['', '61 * * * *', '* * * *', '0 0 9 * * *', '0 9 15W * *', '0 9 * * 1#2', '0 9 1 * 1', 'daily'])(
    'refuses "%s" and says why',
    (expression) => {
      const parsed = parseCron(expression, 'UTC');
      expect(parsed.ok ? '' : parsed.failure.message).not.toBe('');
      expect(parsed.ok).toBe(false);
    },
  );
});

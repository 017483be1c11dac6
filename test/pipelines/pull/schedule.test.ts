import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCron, startPulls, takePullLock, type PullReport } from '../../../pipelines/index.js';
import { tryPullLock } from '../../../pipelines/pull/pull-lock.js';
import type { PullScheduleOptions, PullOutcome } from '../../../pipelines/pull/schedule.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wxlive-schedule-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const report = (changed: Partial<PullReport> = {}): PullReport => ({
  source: 'wecom',
  account: 'a',
  pulled: 0,
  skipped: 0,
  requests: 0,
  retries: 0,
  files: [],
  failures: [],
  seconds: 0,
  ...changed,
});
const none = (): undefined => undefined;
const logger = { debug: none, info: none, warn: none, error: none };

/** Pulls that end when they are told to. */
function bench(changed: Partial<PullScheduleOptions> = {}) {
  const started: string[] = [];
  const ended: [string, PullOutcome][] = [];
  const ends: (() => void)[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const pulls = startPulls({
    times: [],
    timeZone: 'Asia/Shanghai',
    dataDir,
    logger,
    async pull(source, signal) {
      started.push(source);
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await new Promise<void>((resolve) => {
        ends.push(resolve);
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      atOnce--;
      signal.throwIfAborted();
      return report();
    },
    onEnd: (source, outcome) => ended.push([source, outcome]),
    ...changed,
  });
  return {
    pulls,
    started,
    ended,
    mostAtOnce: () => mostAtOnce,
    endOne: async (): Promise<void> => {
      while (ends.length === 0) await sleep(1);
      ends.shift()?.();
      await sleep(5);
    },
  };
}

describe('pulls by the clock', () => {
  it('go one at a time, and a source that waits already is not queued twice', async () => {
    const { pulls, started, ended, mostAtOnce, endOne } = bench();
    pulls.due('wecom');
    await sleep(5);
    for (let at = 0; at < 5; at++) pulls.due('wecom');
    pulls.due('css');
    pulls.due('css');
    for (let at = 0; at < 3; at++) await endOne();
    expect(started).toEqual(['wecom', 'wecom', 'css']);
    expect(ended.map(([, outcome]) => outcome)).toEqual(['done', 'done', 'done']);
    expect(mostAtOnce()).toBe(1);
    await pulls.stop();
  });

  it('are left to the next time while another process pulls', async () => {
    const lock = await takePullLock(dataDir, new AbortController().signal, none);
    const { pulls, started, ended, endOne } = bench();
    pulls.due('rooms');
    await sleep(20);
    expect([started, ended]).toEqual([[], [['rooms', 'skipped']]]);
    lock.release();
    pulls.due('rooms');
    await endOne();
    expect(ended.at(-1)).toEqual(['rooms', 'done']);
    await pulls.stop();
    // The lock is free again.
    const free = tryPullLock(dataDir);
    expect(free).not.toBeNull();
    free?.release();
  });

  it('let a command that waits go first', async () => {
    const signal = new AbortController().signal;
    const first = await takePullLock(dataDir, signal, none);
    let told = 0;
    const waiting = takePullLock(dataDir, signal, () => {
      told++;
    });
    await sleep(20);
    // Free, but waited for.
    first.release();
    expect(tryPullLock(dataDir)).toBeNull();
    const second = await waiting;
    expect(told).toBe(1);
    second.release();
    const third = tryPullLock(dataDir);
    expect(third).not.toBeNull();
    third?.release();
  });

  it('end when the process is to end, and none begins after that', async () => {
    const { pulls, started, ended } = bench();
    pulls.due('wecom');
    pulls.due('css');
    await sleep(5);
    await pulls.stop();
    pulls.due('rooms');
    await sleep(5);
    expect(started).toEqual(['wecom']);
    expect(ended).toEqual([['wecom', 'skipped']]);
  });

  it('say what kept them, until one succeeds', async () => {
    let failing = true;
    const failures = [{ unit: 'u', code: 'rate_limited', message: 'm', fix: 'f' }] as const;
    const { pulls, ended } = bench({ pull: () => Promise.resolve(report(failing ? { failures } : {})) });
    pulls.due('css');
    await sleep(10);
    expect([pulls.trouble(), ended]).toEqual(['pull_css_rate_limited', [['css', 'failed']]]);
    failing = false;
    pulls.due('css');
    await sleep(10);
    expect(pulls.trouble()).toBeNull();
    await pulls.stop();
  });

  it('are started by cron', async () => {
    expect([isCron('10 1,7 * * *'), isCron('soon'), isCron('99 * * * *')]).toEqual([true, false, false]);
    // With a sixth field node-cron counts seconds: no minute has to pass here.
    const { pulls, started, endOne } = bench({ times: [{ source: 'rooms', cron: '* * * * * *' }] });
    await endOne();
    expect(started[0]).toBe('rooms');
    await pulls.stop();
  });
});

import type { Waiting } from '../../../pipelines/pull/http-client.js';
import type { PullManner, PullTarget } from '../../../pipelines/index.js';
import { CORP, MINIPROGRAM, TENCENT, type TestPlatform } from '../../servers/platform-api.js';

/** Time that passes only for those who sleep: what would take minutes takes none, and is written down. */
export interface TestTime extends Waiting {
  readonly slept: number[];
  pass(milliseconds: number): void;
}

export function testTime(start = Date.now()): TestTime {
  let ahead = start - Date.now();
  const slept: number[] = [];
  return {
    slept,
    now: () => Date.now() + ahead,
    sleep(milliseconds, signal) {
      if (signal.aborted) return Promise.reject(new Error('aborted'));
      // Pacing of requests is no wait worth noting.
      if (milliseconds >= 500) slept.push(milliseconds);
      ahead += milliseconds;
      return Promise.resolve();
    },
    random: () => 0.5,
    pass(milliseconds) {
      ahead += milliseconds;
    },
  };
}

export function testManner(time: Waiting, changed: Partial<PullManner> = {}): PullManner {
  const silent = { debug: none, info: none, warn: none, error: none };
  return {
    timeoutMs: 5_000,
    requestsPerSecond: 500,
    restateMs: 72 * 3_600_000,
    waiting: time,
    signal: new AbortController().signal,
    logger: silent,
    ...changed,
  };
}

export const NOTHING_MORE = {
  from: null,
  to: null,
  lives: [],
  dryRun: false,
  acceptShrink: false,
  language: 'en',
} as const;

export function wecomTarget(
  { url }: TestPlatform,
  account: string,
  anchors: readonly string[],
  secret = CORP.secret,
): PullTarget {
  return { source: 'wecom', account, apiUrl: url, corpId: CORP.id, secret, anchors };
}

export function roomsTarget({ url }: TestPlatform, account: string): PullTarget {
  return { source: 'rooms', account, apiUrl: url, appId: MINIPROGRAM.id, secret: MINIPROGRAM.secret };
}

export function cssTarget(
  { url }: TestPlatform,
  account: string,
  streams: readonly string[] = [],
): PullTarget {
  return { source: 'css', account, apiUrl: url, secretId: TENCENT.id, secretKey: TENCENT.key, streams };
}

function none(): void {
  return undefined;
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryOsLock } from '../../sql/index.js';

/** The right to pull: one pull at a time over a data folder, in whichever process. */
export interface PullLock {
  release(): void;
}

const FILE = 'pull.lock';
/** Held by whoever waits: a schedule must not take each turn. */
const QUEUE = 'pull.queue';
const POLL_MS = 50;

/** null while another pull is on or waited for. The kernel releases the lock with its process, also after kill -9. */
export function tryPullLock(dataDir: string): PullLock | null {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const queue = tryOsLock(join(dataDir, QUEUE));
  if (queue === null) return null;
  try {
    return tryOsLock(join(dataDir, FILE));
  } finally {
    queue.release();
  }
}

/** Waits for the pull that is on. @param onWait told once, when there is one */
export async function takePullLock(
  dataDir: string,
  signal: AbortSignal,
  onWait: () => void,
): Promise<PullLock> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  let told = false;
  const wait = async (name: string): Promise<PullLock> => {
    for (;;) {
      const lock = tryOsLock(join(dataDir, name));
      if (lock !== null) return lock;
      if (!told) onWait();
      told = true;
      await sleep(POLL_MS, undefined, { signal });
    }
  };
  const queue = await wait(QUEUE);
  try {
    return await wait(FILE);
  } finally {
    queue.release();
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryOsLock } from '../../sql/index.js';

/** The right to pull: one pull at a time over a data folder, in whichever process. */
export interface PullLock {
  release(): void;
}

const FILE = 'pull.lock';
const POLL_MS = 200;

/** null while another pull is on. The kernel releases the lock with its process, also after kill -9. */
export function tryPullLock(dataDir: string): PullLock | null {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return tryOsLock(join(dataDir, FILE));
}

/** Waits for the pull that is on. @param onWait told once, when there is one */
export async function takePullLock(
  dataDir: string,
  signal: AbortSignal,
  onWait: () => void,
): Promise<PullLock> {
  for (let told = false; ;) {
    const lock = tryPullLock(dataDir);
    if (lock !== null) return lock;
    if (!told) onWait();
    told = true;
    await sleep(POLL_MS, undefined, { signal });
  }
}

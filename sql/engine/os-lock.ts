import { closeSync, constants, openSync } from 'node:fs';
import { libc } from './libc.js';

export interface OsLock {
  readonly fileDescriptor: number;
  release(): void;
}

/**
 * Takes an exclusive lock on a file, or returns null when somebody holds it. The kernel releases it with the process,
 * also after kill -9, so there are no stale locks and no reused process numbers to think of. Two opens in one process
 * exclude each other too. The file is made when missing and never removed: removing a lock file lets two holders in.
 */
export function tryOsLock(path: string): OsLock | null {
  const fileDescriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  let held = false;
  try {
    held = libc().tryLockExclusive(fileDescriptor);
  } finally {
    if (!held) closeSync(fileDescriptor);
  }
  if (!held) return null;
  let released = false;
  return {
    fileDescriptor,
    release() {
      if (released) return;
      released = true;
      closeSync(fileDescriptor);
    },
  };
}

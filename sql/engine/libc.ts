import { createRequire } from 'node:module';
import { platform } from 'node:process';
import type * as Ffi from 'ffi-rs';

/** Two calls of the C library that Node does not offer: advisory locks and named pipes. */
export interface Libc {
  /** True when this open file now holds the exclusive lock, false when another holds it. The kernel lets go of it with the process. */
  tryLockExclusive(fileDescriptor: number): boolean;
  /** Makes a named pipe; does nothing when it exists. */
  makeNamedPipe(path: string, mode: number): void;
}

const LOCK_EXCLUSIVE_NONBLOCKING = 2 | 4;
const WOULD_BLOCK: ReadonlySet<number> = new Set([11, 35]);
const EXISTS = 17;

let loaded: Libc | undefined;

/** Loads the foreign-function library on first use: about 8 ms, not needed by a command that finds an engine. */
export function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const ffi = createRequire(import.meta.url)('ffi-rs') as typeof Ffi;
  const { DataType } = ffi;
  ffi.open({
    library: 'wxlive-libc',
    path: platform === 'darwin' ? '/usr/lib/libSystem.B.dylib' : 'libc.so.6',
  });
  const call = (
    funcName: string,
    paramsType: (typeof DataType)[keyof typeof DataType][],
    paramsValue: unknown[],
  ) =>
    ffi.load<typeof DataType.I32, true>({
      library: 'wxlive-libc',
      funcName,
      retType: DataType.I32,
      paramsType,
      paramsValue,
      errno: true,
    });
  loaded = {
    tryLockExclusive(fileDescriptor) {
      const result = call(
        'flock',
        [DataType.I32, DataType.I32],
        [fileDescriptor, LOCK_EXCLUSIVE_NONBLOCKING],
      );
      if (result.value === 0) return true;
      if (WOULD_BLOCK.has(result.errnoCode)) return false;
      throw new Error(
        `the file system cannot lock files (flock: ${result.errnoMessage}): put the data folder on a local disk`,
      );
    },
    makeNamedPipe(path, mode) {
      const result = call('mkfifo', [DataType.String, DataType.I32], [path, mode]);
      if (result.value === 0 || result.errnoCode === EXISTS) return;
      throw new Error(
        `the file system cannot hold a named pipe (mkfifo: ${result.errnoMessage}): put the data folder on a local disk`,
      );
    },
  };
  return loaded;
}

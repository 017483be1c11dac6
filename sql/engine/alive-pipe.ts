import { closeSync, constants, openSync } from 'node:fs';
import { libc } from './libc.js';

/** A hold on the engine: it stays as long as anybody has one. The kernel counts, so kill -9 is counted too. */
export interface AlivePipe {
  close(): void;
}

function hold(fileDescriptor: number): AlivePipe {
  let closed = false;
  return {
    close() {
      if (closed) return;
      closed = true;
      closeSync(fileDescriptor);
    },
  };
}

/** Counts this process as a user; null when no engine reads the pipe. That, not the address file, is the proof of life. */
export function joinAlivePipe(path: string): AlivePipe | null {
  try {
    return hold(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENXIO' || code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Both ends for a new engine: `reader` becomes its standard input (close it here after the spawn), `writer` counts the
 * starter. Only under the start lock.
 */
export function openAlivePipe(path: string): { readonly reader: number; readonly writer: AlivePipe } {
  libc().makeNamedPipe(path, 0o600);
  // A pipe opened for reading waits for a writer, and a non-blocking reader would give the engine EAGAIN instead of
  // waiting: so the writer comes first, which a pipe allows without a reader only when it is opened for both.
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    const reader = openSync(path, constants.O_RDONLY);
    return { reader, writer: hold(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)) };
  } finally {
    closeSync(both);
  }
}

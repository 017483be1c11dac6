/** Entry of the child process that `isolated.ts` starts: runs one reader at a time, as often as it is asked. */
import { Worker } from 'node:worker_threads';
import type { FromChild, IsolatedReader, ReaderHeader, ReaderOutput, ToChild } from './isolated-protocol.js';
import type { WatchData } from './isolated-watch.js';
import { FormatError, type TableChunk } from './table.js';

/** A child that has grown beyond this is not used again: what one file left behind must not count for the next. */
const reusableBytes = 320 * 1024 * 1024;

type Run = Extract<ToChild, { kind: 'run' }>;

const watched = new Int32Array(new SharedArrayBuffer(4));
const watchData: WatchData = { state: watched, parentPid: Number(process.argv[2]) };
const watch = new Worker(new URL('./isolated-watch.js', import.meta.url), { workerData: watchData });
watch.unref();

let current: { readonly id: number; credits: number; wake: (() => void) | null } | null = null;

process.on('message', (message: ToChild) => {
  if (message.kind === 'run') {
    void run(message);
  } else if (current?.id === message.id) {
    current.credits += 1;
    current.wake?.();
  }
});
process.on('disconnect', () => process.exit());
// Libraries may leave promises behind that nobody awaits: the file is given up, and so is this process.
process.on('unhandledRejection', giveUp);
process.on('uncaughtException', giveUp);

async function run(request: Run): Promise<void> {
  Atomics.store(watched, 0, request.memoryMebibytes);
  const state = { id: request.id, credits: request.credits, wake: null as (() => void) | null };
  current = state;
  let consumed = 0;
  const output: ReaderOutput = {
    header(header: ReaderHeader) {
      send({ kind: 'header', id: request.id, header, consumed });
    },
    async chunk(chunk: TableChunk) {
      while (state.credits <= 0) {
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
        state.wake = null;
      }
      state.credits -= 1;
      send({
        kind: 'chunk',
        id: request.id,
        consumed,
        table: chunk.table,
        numbers: chunk.rows.map((row) => row.row),
        cells: chunk.rows.map((row) => row.cells),
      });
    },
    consumed(bytes: number) {
      consumed = bytes;
    },
    extend() {
      send({ kind: 'extend', id: request.id, consumed });
    },
  };
  try {
    const read = await loadReader(request.module);
    await read(request.task, output);
    current = null;
    send({ kind: 'end', id: request.id, consumed, reusable: isReusable() });
  } catch (error) {
    current = null;
    if (error instanceof FormatError) {
      send({ kind: 'failed', id: request.id, failure: error.failure, reusable: isReusable() });
    } else if (isSystemError(error)) {
      send({ kind: 'system', id: request.id, code: error.code });
    } else {
      send({ kind: 'failed', id: request.id, failure: unexpected(error), reusable: false });
    }
  }
  Atomics.store(watched, 0, 0);
}

async function loadReader(url: string): Promise<IsolatedReader> {
  const module: unknown = await import(url);
  if (
    typeof module === 'object' &&
    module !== null &&
    'read' in module &&
    typeof module.read === 'function'
  ) {
    // What the module exports cannot be known to the compiler: the contract is in isolated-protocol.ts.
    return module.read as IsolatedReader;
  }
  throw new Error(`the reader module ${url} exports no function "read"`);
}

function giveUp(error: unknown): void {
  if (current === null) process.exit(1);
  const { id } = current;
  current = null;
  send({ kind: 'failed', id, failure: unexpected(error), reusable: false });
}

/** Only the kind of error: its message may quote the file. */
function unexpected(error: unknown): FormatError['failure'] {
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return { code: 'damaged', detail: `the reader could not make sense of the file (${kind})` };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function isReusable(): boolean {
  return process.memoryUsage.rss() < reusableBytes;
}

function send(message: FromChild): void {
  // Without a callback a parent that has just gone would be an uncaught error.
  process.send?.(message, undefined, undefined, () => undefined);
}

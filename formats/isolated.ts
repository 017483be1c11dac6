/**
 * Runs a reader in a child process with limits of time and memory, off the event loop: whatever a file does to
 * the reader, the caller gets its rows or one `FormatError`.
 */
import type { ChildProcess } from 'node:child_process';
import { acquireChild, endChild, releaseChild } from './isolated-pool.js';
import type { FromChild, ReaderHeader, ToChild } from './isolated-protocol.js';
import { DEFAULT_READER_LIMITS, type ReaderLimits } from './limits.js';
import { builtFile } from './package-root.js';
import { FormatError, type FormatFailure, type TableChunk } from './table.js';

/** The readers that run isolated; each module exports `read` (see `IsolatedReader`). */
const readerModules = {
  xlsx: 'formats/xlsx/read-task.js',
  pdf: 'formats/pdf/read-task.js',
} as const;

export interface IsolatedTask {
  /** A reader by name, or the URL of a module that exports one. */
  readonly reader: keyof typeof readerModules | URL;
  readonly path: string;
  /** Each is tried on an encrypted file. */
  readonly passwords: readonly string[];
  readonly limits?: Partial<ReaderLimits>;
  readonly signal?: AbortSignal;
}

/** A file that has been found readable and is being read in a child. */
export interface IsolatedRun {
  readonly header: ReaderHeader;
  /** The rows, once. Leaving the loop early ends the child. */
  chunks(): AsyncIterable<TableChunk>;
  /** Bytes of the file read so far, for progress. */
  consumed(): number;
  /** Ends the child if it is still reading. Safe to call more than once. */
  close(): Promise<void>;
}

/** Chunks on the way or waiting: enough to keep both processes busy. */
const chunksAhead = 4;

/**
 * Starts reading and resolves when the whole file is known to be readable.
 *
 * @throws {FormatError} for a file that is refused, also when its reader had to be ended (`too_large`) or fell
 * over (`damaged`).
 */
export async function runIsolated(task: IsolatedTask): Promise<IsolatedRun> {
  task.signal?.throwIfAborted();
  const run = new Run(task);
  const header = await run.opened();
  return {
    header,
    chunks: () => run.chunks(),
    consumed: () => run.consumed,
    close: () => {
      run.close();
      return Promise.resolve();
    },
  };
}

let lastId = 0;

class Run {
  consumed = 0;
  readonly #id = (lastId += 1);
  readonly #child: ChildProcess = acquireChild();
  readonly #limits: ReaderLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #queue: TableChunk[] = [];
  #header: ReaderHeader | null = null;
  #finished = false;
  #error: Error | null = null;
  #credits = chunksAhead;
  #wake: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #messages = 0;
  #iterated = false;

  constructor(task: IsolatedTask) {
    this.#limits = { ...DEFAULT_READER_LIMITS, ...task.limits };
    this.#signal = task.signal;
    this.#child.on('message', this.#onMessage);
    this.#child.on('exit', this.#onExit);
    this.#child.on('error', this.#onExit);
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    const module = task.reader instanceof URL ? task.reader : builtFile(readerModules[task.reader]);
    this.#send({
      kind: 'run',
      id: this.#id,
      module: module.href,
      task: { path: task.path, passwords: task.passwords },
      memoryMebibytes: this.#limits.memoryMebibytes,
      credits: chunksAhead,
    });
    this.#startTimer(this.#limits.openMilliseconds);
  }

  async opened(): Promise<ReaderHeader> {
    for (;;) {
      if (this.#header !== null) return this.#header;
      if (this.#error !== null) throw this.#error;
      await this.#changed();
    }
  }

  async *chunks(): AsyncGenerator<TableChunk> {
    if (this.#iterated) throw new Error('the rows of an opened file can be read once: open the file again');
    this.#iterated = true;
    try {
      for (;;) {
        const chunk = this.#queue.shift();
        if (chunk !== undefined) {
          this.#grantCredit();
          yield chunk;
        } else if (this.#error !== null) {
          throw this.#error;
        } else if (this.#finished) {
          return;
        } else {
          await this.#changed();
        }
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#queue.length = 0;
    if (!this.#finished) this.#end(new Error('the file was closed while it was being read'), 'kill');
  }

  readonly #onMessage = (message: FromChild): void => {
    if (message.id !== this.#id || this.#finished) return;
    this.#messages += 1;
    switch (message.kind) {
      case 'header':
        this.#header = message.header;
        this.consumed = message.consumed;
        this.#startTimer(this.#limits.quietMilliseconds);
        break;
      case 'extend':
        this.consumed = message.consumed;
        if (this.#header === null) this.#startTimer(this.#limits.openMilliseconds);
        else if (this.#credits > 0) this.#startTimer(this.#limits.quietMilliseconds);
        break;
      case 'chunk':
        this.consumed = message.consumed;
        this.#credits -= 1;
        this.#queue.push({
          table: message.table,
          rows: message.cells.map((cells, at) => ({ row: message.numbers[at] ?? 0, cells })),
        });
        if (this.#credits > 0) this.#startTimer(this.#limits.quietMilliseconds);
        else this.#stopTimer();
        break;
      case 'end':
        this.consumed = message.consumed;
        this.#end(null, message.reusable ? 'reuse' : 'retire');
        break;
      case 'failed':
        this.#end(new FormatError(message.failure), message.reusable ? 'reuse' : 'retire');
        break;
      case 'system':
        this.#end(new Error(`the file cannot be read (${message.code})`), 'reuse');
        break;
    }
    this.#wake?.();
  };

  readonly #onExit = (cause: number | Error | null, signal?: NodeJS.Signals | null): void => {
    if (this.#finished) return;
    this.#end(new FormatError(failureOfExit(cause, signal ?? null)), 'kill');
  };

  readonly #onAbort = (): void => {
    const reason: unknown = this.#signal?.reason;
    this.#end(reason instanceof Error ? reason : new Error('reading was cancelled'), 'kill');
  };

  #onTime(milliseconds: number, messagesBefore: number): void {
    // A parent that was busy itself finds its timer late and the child's messages still unread: look first.
    setImmediate(() => {
      if (this.#finished || this.#messages !== messagesBefore) return;
      const detail = `reading took more than ${Math.round(milliseconds / 1000)} s of work and was ended`;
      this.#end(new FormatError({ code: 'too_large', detail }), 'kill');
    });
  }

  #end(error: Error | null, child: 'reuse' | 'retire' | 'kill'): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#error = error;
    this.#stopTimer();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    if (child === 'kill') {
      this.#child.removeAllListeners();
      endChild(this.#child);
    } else {
      releaseChild(this.#child, child === 'reuse');
    }
    this.#wake?.();
  }

  #grantCredit(): void {
    if (this.#finished) return;
    this.#credits += 1;
    if (this.#credits === 1) this.#startTimer(this.#limits.quietMilliseconds);
    this.#send({ kind: 'credit', id: this.#id });
  }

  #send(message: ToChild): void {
    // A child that has just ended reports it by its exit; the failed write adds nothing.
    this.#child.send(message, () => undefined);
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }

  #startTimer(milliseconds: number): void {
    this.#stopTimer();
    const messages = this.#messages;
    this.#timer = setTimeout(() => {
      this.#onTime(milliseconds, messages);
    }, milliseconds);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The watch thread and the kernel end a child that takes too much memory by SIGKILL, V8 by aborting. */
function failureOfExit(cause: number | Error | null, signal: NodeJS.Signals | null): FormatFailure {
  if (cause instanceof Error) {
    return { code: 'damaged', detail: 'the process that reads the file could not be started or reached' };
  }
  if (signal === 'SIGKILL' || signal === 'SIGABRT' || cause === 134) {
    return { code: 'too_large', detail: 'reading took more memory than is allowed and was ended' };
  }
  return { code: 'damaged', detail: `the reader fell over (${signal ?? `exit code ${cause ?? 'unknown'}`})` };
}

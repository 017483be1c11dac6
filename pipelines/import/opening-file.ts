import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { FileFailure, Outcome } from '../../schemas/index.js';
import type { Source } from '../source.js';
import { checkRoom } from './check-room.js';
import { FileDigest } from './file-digest.js';
import type { ImportOptions } from './import-options.js';
import type { Input } from './input.js';
import { openInput } from './open-input.js';
import { LEAST_BYTES_FOR_THREADS, StageThreads } from './stage-pool.js';

/** What opening a file needs of the tools of an import. */
export interface OpeningTools {
  readonly sources: readonly Source[];
  /** Whether large files may be read on several threads. */
  readonly usesThreads: boolean;
}

/**
 * A file from the moment its import is asked for: its digest, its recognition and the threads that it will probably need
 * begin at once, while the caller still connects to the warehouse. Who made it closes it, or gives it to `importFile`.
 */
export class OpeningFile {
  /** Opened and recognised, or why not. */
  readonly input: Promise<Outcome<Input, FileFailure>>;
  private readonly digest: FileDigest;
  private readonly closing = new AbortController();
  private threads: StageThreads | null;

  constructor(
    readonly path: string,
    readonly options: ImportOptions,
    private readonly tools: OpeningTools,
  ) {
    this.digest = new FileDigest(path);
    this.threads = tools.usesThreads && looksLikeLines(path) ? new StageThreads() : null;
    this.input = this.open();
    // Whoever awaits it hears of a failure; until then it is not unhandled.
    this.input.catch(() => undefined);
  }

  /** Of its bytes, in hex. */
  sha256(): Promise<string> {
    return this.digest.sha256();
  }

  /** Threads, when each line of the file is a row and it is large enough to pay for their start. */
  async threadsFor(input: Input): Promise<StageThreads | null> {
    const pay = input.opened.bytes >= LEAST_BYTES_FOR_THREADS && input.source.loads !== 'whole';
    if (this.tools.usesThreads && input.lines !== null && pay) return (this.threads ??= new StageThreads());
    await this.endThreads();
    return null;
  }

  /** Also while it is still being read. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.endThreads();
    await this.digest.close();
    const input = await this.input.catch(() => null);
    if (input?.ok === true) await input.value.opened.close();
  }

  private async open(): Promise<Outcome<Input, FileFailure>> {
    const { path, options } = this;
    const { sources } = this.tools;
    const { signal } = this.closing;
    const input = await openInput(path, sources, options, signal);
    if (!input.ok || input.value.source.loads !== 'stream' || options.room === null) return input;
    const checked = await checkRoom(input.value, options);
    return checked.ok ? openInput(path, sources, options, signal) : checked;
  }

  private async endThreads(): Promise<void> {
    await this.threads?.end();
    this.threads = null;
  }
}

const OPENING_BRACE = '{'.charCodeAt(0);

/** A large file that begins like lines of JSON. A wrong guess costs the start of threads that nobody asks. */
function looksLikeLines(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size < LEAST_BYTES_FOR_THREADS) return false;
  const first = new Uint8Array(1);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, first);
    } finally {
      closeSync(file);
    }
  } catch {
    // Its opener says what is wrong with it.
    return false;
  }
  return first[0] === OPENING_BRACE;
}

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../sql/index.js';
import { FileRefused } from './input.js';
import { cutAtLines, type LineBlock } from './line-blocks.js';
import type { FromStage, StagedPart, StageTask } from './stage-protocol.js';

/** From this size on threads pay: starting them takes some 0.2 s. */
export const LEAST_BYTES_FOR_THREADS = 16 << 20;
/** More would wait for the database. */
const MOST_THREADS = 3;
/** Lines handed over at once: some 6,000 events. */
const BLOCK_BYTES = 2 << 20;
/** Blocks that a thread has before it, so that it never waits. */
const BLOCKS_AHEAD = 2;
/** What dies young in a thread: rows and records of a block. */
const YOUNG_MEGABYTES = 32;

/**
 * How the garbage is collected while every core is busy; both are looked at anew by each collection. Parts come as memory
 * outside of the heap, by which V8 would mark the small heap anew every 20 MB (40 times a million events), and helpers of
 * a collection wait for a core. Together 0.8 of 12.6 processor seconds a million events.
 */
const COLLECTION_FLAGS = ['--heap-growing-percent=400', '--no-parallel-scavenge'];

/** Threads that stage lines of one file. They start up at once, while whoever made them still prepares the task. */
export class StageThreads {
  private readonly threads: readonly StageThread[];

  constructor() {
    for (const flag of COLLECTION_FLAGS) setFlagsFromString(flag);
    const count = Math.min(MOST_THREADS, Math.max(1, availableParallelism()));
    this.threads = Array.from({ length: count }, () => new StageThread());
  }

  /** The parts of the file in its order. Throws FileRefused as one thread would. */
  async *stage(lines: AsyncIterable<Buffer> | Iterable<Buffer>, task: StageTask): AsyncGenerator<StagedPart> {
    const { threads } = this;
    for (const thread of threads) thread.begin(task);
    const waiting: Promise<FromStage>[] = [];
    // Memory that comes and goes by the megabyte keeps the garbage collector busy.
    const spare: ArrayBuffer[] = [];
    const memoryFor = (bytes: number): ArrayBuffer =>
      bytes <= BLOCK_BYTES ? (spare.pop() ?? new ArrayBuffer(BLOCK_BYTES)) : new ArrayBuffer(bytes);
    let next = 0;
    for await (const block of cutAtLines(lines, BLOCK_BYTES, memoryFor)) {
      const thread = threads[next++ % threads.length];
      if (thread === undefined) break;
      const staged = thread.stage(block);
      // Whoever awaits it hears of a failure; until then it is not unhandled.
      staged.catch(() => undefined);
      waiting.push(staged);
      if (waiting.length >= threads.length * BLOCKS_AHEAD) yield await first(waiting, spare);
    }
    while (waiting.length > 0) yield await first(waiting, spare);
  }

  async end(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.end()));
  }
}

/** The next part; the memory of its block is put to the spare one. */
async function first(waiting: Promise<FromStage>[], spare: ArrayBuffer[]): Promise<StagedPart> {
  const staged = await waiting.shift();
  if (staged === undefined) throw new Error('no block is on its way');
  if ('refused' in staged) throw new FileRefused(staged.refused);
  if (staged.memory.byteLength === BLOCK_BYTES) spare.push(staged.memory);
  return staged;
}

interface Asked {
  readonly resolve: (staged: FromStage) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread and the blocks it has not answered yet, in order. */
class StageThread {
  private readonly worker: Worker;
  private readonly asked: Asked[] = [];
  private failure: Error | null = null;

  constructor() {
    // Threads run compiled code, also when the caller runs from its source.
    this.worker = new Worker(join(packageRoot(), 'dist', 'pipelines', 'import', 'stage-worker.js'), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
      // The environment holds secrets that it does not need.
      env: { TZ: 'UTC' },
    });
    this.worker.on('message', (staged: FromStage) => this.asked.shift()?.resolve(staged));
    this.worker.on('error', (error: Error) => {
      this.fail(error);
    });
    this.worker.on('exit', (code) => {
      this.fail(new Error(`a reading thread ended with code ${code}`));
    });
  }

  begin(task: StageTask): void {
    this.worker.postMessage({ task });
  }

  stage(block: LineBlock): Promise<FromStage> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject });
      this.worker.postMessage({ block }, [block.bytes.buffer as ArrayBuffer]);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.asked.splice(0)) reject(this.failure);
  }
}

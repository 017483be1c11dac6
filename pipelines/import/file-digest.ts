import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../sql/index.js';

/** From this size on a thread of its own pays: it takes some 40 ms to start, and the hash 1 ms a megabyte. */
const LEAST_BYTES_FOR_A_THREAD = 16 << 20;

/** The SHA-256 of a file's bytes while the file is opened: a large file's is made on another thread from now on. */
export class FileDigest {
  private readonly worker: Worker | null;
  private readonly early: Promise<string> | null;

  constructor(private readonly path: string) {
    this.worker = isLarge(path) ? startWorker(path) : null;
    this.early = this.worker === null ? null : digestOf(this.worker);
    // Heard of by whoever asks for the digest; a file that is refused before has nobody who asks.
    this.early?.catch(() => undefined);
  }

  /** In hex. Throws when the file cannot be read. */
  async sha256(): Promise<string> {
    if (this.early !== null) return this.early;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.path, {
      highWaterMark: 1 << 20,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
    }
    return hash.digest('hex');
  }

  /** Ends the thread, whether or not anybody asked. */
  async close(): Promise<void> {
    await this.worker?.terminate();
  }
}

/** A path that is no plain file is its opener's to refuse. */
function isLarge(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size >= LEAST_BYTES_FOR_A_THREAD;
}

function startWorker(path: string): Worker {
  // Threads run compiled code, also when the caller runs from its source.
  const program = join(packageRoot(), 'dist', 'pipelines', 'import', 'digest-worker.js');
  return new Worker(program, { workerData: path, env: { TZ: 'UTC' } });
}

function digestOf(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once('message', (digest: string) => {
      resolve(digest);
    });
    worker.once('error', reject);
  });
}

/** A thread that makes the SHA-256 of a file (`workerData`: its path), in hex; see file-digest.ts. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const hash = createHash('sha256');
const file = openSync(String(workerData), 'r');
// One buffer for all: memory that comes and goes by the megabyte keeps the garbage collector busy.
const buffer = new Uint8Array(1 << 20);
try {
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
    hash.update(buffer.subarray(0, read));
  }
} finally {
  closeSync(file);
}
parentPort?.postMessage(hash.digest('hex'));

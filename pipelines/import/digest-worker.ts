/** A thread that makes the SHA-256 of a file (`workerData`: its path), in hex; see file-digest.ts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const hash = createHash('sha256');
for await (const chunk of createReadStream(String(workerData), {
  highWaterMark: 1 << 20,
}) as AsyncIterable<Buffer>) {
  hash.update(chunk);
}
parentPort?.postMessage(hash.digest('hex'));

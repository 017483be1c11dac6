import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../sql/engine/free-port.js';

/** An S3 server of another program (moto), with one empty bucket. */
export interface TestStorage {
  readonly endpoint: string;
  readonly bucket: string;
  close(): Promise<void>;
}

const START_MS = 20_000;

export async function startTestStorage(): Promise<TestStorage> {
  const port = await freePort();
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, S3_IGNORE_SUBDOMAIN_BUCKETNAME: 'true' },
  });
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const bucket = 'reports';
  const deadline = performance.now() + START_MS;
  for (;;) {
    const made = await fetch(`${endpoint}/${bucket}`, { method: 'PUT' }).catch(() => null);
    if (made?.ok === true) break;
    if (performance.now() > deadline) throw new Error('moto did not start');
    await sleep(100);
  }
  return {
    endpoint,
    bucket,
    close: () =>
      new Promise<void>((resolve) => {
        child.once('close', () => {
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}

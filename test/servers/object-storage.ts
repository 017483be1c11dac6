import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  return port;
}

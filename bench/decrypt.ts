/**
 * What encryption adds to reading a workbook: `node dist/bench/decrypt.js [megabytes=100]` (after `npm run build`). The
 * same bytes are read from a file plain and encrypted (agile, AES-256, SHA-512, 100,000 rounds, as Excel does), twice
 * each, as the reader of workbooks does (verified, then given out); what is inside does not matter here. Of three times
 * the best counts.
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openCompoundFile } from '../formats/compound-file.js';
import { encryptPackage } from '../formats/office-encryption/encrypt.js';
import { openEncryptedPackage } from '../formats/office-encryption/decrypt.js';
import { fileAccess, type RandomAccess } from '../formats/random-access.js';

const password = 'bench 密码';
const blockBytes = 64 * 1024;
const bytes = Number(process.argv[2] ?? 100) * 1_000_000;

interface Cost {
  readonly seconds: number;
  readonly processorSeconds: number;
}

async function cost(run: () => Promise<void>): Promise<Cost> {
  let best: Cost | null = null;
  for (let times = 0; times < 3; times += 1) {
    const [begun, before] = [performance.now(), process.cpuUsage()];
    await run();
    const { user, system } = process.cpuUsage(before);
    const found = {
      seconds: (performance.now() - begun) / 1000,
      processorSeconds: (user + system) / 1_000_000,
    };
    if (best === null || found.processorSeconds < best.processorSeconds) best = found;
  }
  return best ?? { seconds: 0, processorSeconds: 0 };
}

async function readTwice(content: RandomAccess): Promise<void> {
  for (let pass = 0; pass < 2; pass += 1) {
    for (let at = 0; at < content.bytes; at += blockBytes) {
      await content.read(at, Math.min(blockBytes, content.bytes - at));
    }
  }
}

async function withFile(path: string, use: (file: RandomAccess) => Promise<void>): Promise<void> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    await use(fileAccess(handle, size));
  } finally {
    await handle.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'wxlive-bench-'));
try {
  const [plain, encrypted] = [join(folder, 'plain'), join(folder, 'encrypted.xlsx')];
  const content = randomBytes(bytes);
  await writeFile(plain, content);
  await pipeline(encryptPackage(content, password), createWriteStream(encrypted));
  const openPackage = async (file: RandomAccess): Promise<RandomAccess> =>
    (await openEncryptedPackage(await openCompoundFile(file), [password])).content;
  const asItIs = await cost(() => withFile(plain, readTwice));
  const opened = await cost(() =>
    withFile(encrypted, async (file) => {
      await openPackage(file);
    }),
  );
  const read = await cost(() => withFile(encrypted, async (file) => readTwice(await openPackage(file))));
  const show = ({ seconds, processorSeconds }: Cost): string =>
    `${seconds.toFixed(2)} s (${processorSeconds.toFixed(2)} s of processor)`;
  console.log(
    `${(bytes / 1e6).toFixed(0)} MB plain ${show(asItIs)}; encrypted ${show(read)}, of it password and integrity ` +
      `${show(opened)}; more by ${(read.processorSeconds - asItIs.processorSeconds).toFixed(2)} s of processor; ` +
      `load ${loadavg()[0]?.toFixed(1) ?? ''}`,
  );
} finally {
  await rm(folder, { recursive: true });
}

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileDigest } from '../../../pipelines/import/file-digest.js';
import { buildChildOnce } from '../../servers/clickhouse.js';

const folder = mkdtempSync(join(tmpdir(), 'wxlive-digest-'));
beforeAll(buildChildOnce);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['of no bytes', 0],
  ['made by the thread that asks', 1_000_003],
  ['made by a thread of its own', (16 << 20) + 5],
])('is the SHA-256 of a file: %s', async (_, size) => {
  const bytes = randomBytes(size);
  const path = join(folder, `file-${size}`);
  writeFileSync(path, bytes);
  const digest = new FileDigest(path);
  expect(await digest.sha256()).toBe(createHash('sha256').update(bytes).digest('hex'));
  await digest.close();
});

it('is not made of a file that is not there, and nobody has to ask', async () => {
  const digest = new FileDigest(join(folder, 'nowhere'));
  await expect(digest.sha256()).rejects.toThrow('ENOENT');
  await digest.close();
});

it('ends its thread when nobody asks', async () => {
  const path = join(folder, 'unasked');
  writeFileSync(path, randomBytes(17 << 20));
  await new FileDigest(path).close();
});

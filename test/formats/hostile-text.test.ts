import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readBytes } from './text-files.js';

test('a gzip of one endless line is refused within its cap', async () => {
  const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024, 'x'));
  const read = await readBytes('x.csv.gz', bomb, { textLimits: { lineBytes: 1024 * 1024 } });
  expect(read.failure?.code).toBe('too_large');
});

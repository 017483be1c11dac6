import { expect, it } from 'vitest';
import { cutAtLines } from '../../../pipelines/import/line-blocks.js';
import { seededRandom } from '../../seeded-random.js';

it('keeps every byte, cuts at line ends only, and numbers lines as they stand in the file', async () => {
  const random = seededRandom(3);
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: random.below(40) }, () => random.text('ab直\r', random.below(30)));
    const file = Buffer.from(lines.join('\n') + (random.chance(0.5) ? '\n' : ''));
    const size = 1 + random.below(60);
    let text = Buffer.alloc(0);
    for await (const { bytes, firstLine } of cutAtLines(pieces(file, 1 + random.below(50)), size)) {
      expect(firstLine).toBe(text.toString('utf8').split('\n').length);
      expect(text.length === 0 || text.at(-1) === 10).toBe(true);
      expect(bytes.byteOffset).toBe(0);
      text = Buffer.concat([text, bytes]);
    }
    expect(text.equals(file)).toBe(true);
  }
});

it('makes no block of more lines than rejects can be held', async () => {
  const file = Buffer.from('{\n'.repeat(100_000));
  let next = 1;
  for await (const { bytes, firstLine } of cutAtLines([file], 1 << 20)) {
    expect(firstLine).toBe(next);
    expect(bytes.byteOffset).toBe(0);
    next += bytes.length / 2;
    expect(bytes.length).toBeLessThanOrEqual(2 * 32_768);
  }
  expect(next).toBe(100_001);
});

/** The file in one buffer that is used again and again, as readers do. */
function* pieces(file: Buffer, size: number): Generator<Buffer> {
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < file.length; at += size) {
    yield buffer.subarray(0, file.copy(buffer, 0, at, at + size));
  }
}

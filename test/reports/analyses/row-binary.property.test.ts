import { describe, expect, it } from 'vitest';

import { readRows } from '../../../reports/analyses/row-binary.js';
import { createRandom } from '../../oracles/random.js';

interface Row {
  readonly text: string;
  readonly numbers: readonly number[];
}

function encode(rows: readonly Row[]): Buffer {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  return Buffer.concat(
    rows.flatMap(({ text, numbers }) => {
      const bytes = Buffer.from(text);
      const list = Buffer.alloc(numbers.length * 8);
      numbers.forEach((number, index) => list.writeDoubleLE(number, index * 8));
      return [Buffer.from(varint(bytes.length)), bytes, Buffer.from(varint(numbers.length)), list];
    }),
  );
}

async function* cut(bytes: Buffer, random: (below: number) => number): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + 1 + random(random(3) === 0 ? 3 : 400));
    yield bytes.subarray(from, to);
    from = to;
  }
}

describe('RowBinary in pieces', () => {
  it('reads the same rows wherever the pieces end', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = createRandom(seed);
      const rows = Array.from({ length: random(30) }, (): Row => ({
        text: '直播🎉x'.repeat(random(60)),
        numbers: Array.from({ length: random(200) }, () => random(1e9) / 7),
      }));
      const read: Row[] = [];
      await readRows(cut(encode(rows), random), (cursor) => {
        const text = cursor.text();
        const numbers = Array.from({ length: cursor.length() }, () => cursor.float64());
        read.push({ text, numbers });
      });
      expect(read, `seed ${seed}`).toEqual(rows);
    }
  });

  it('does not take a cut-off result for a whole one', async () => {
    const bytes = encode([{ text: 'abc', numbers: [1] }]);
    const reading = readRows(cut(bytes.subarray(0, -1), createRandom(1)), (cursor) => {
      cursor.text();
      for (let left = cursor.length(); left > 0; left -= 1) cursor.float64();
    });
    await expect(reading).rejects.toThrow('middle of a row');
  });
});

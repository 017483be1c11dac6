import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FORMAT_FAILURE_CODES } from '../../formats/table.js';
import { random, readBytes } from './text-files.js';

const SAMPLES = new URL('../fixtures/samples/', import.meta.url);
const NAMES = [
  'events-bad.ndjson',
  'minutes-k1-day0-older.json',
  'edge-events-columns.csv',
  'watch-l2-gb18030.csv',
  'rooms.json',
];

/** A few bytes changed, cut out, doubled or put in. */
function mutate(original: Buffer, below: (limit: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let change = 0; change <= below(4); change += 1) {
    const at = below(bytes.length + 1);
    const odd = ['"', '\n', '\0', '[', '{', '}', ']', ',', '\ufeff', '\r', '\u3000'][below(11)] ?? '';
    switch (below(5)) {
      case 0:
        bytes[Math.min(at, bytes.length - 1)] = below(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(odd), bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(Math.min(bytes.length, at + below(200))),
        ]);
        break;
      case 3:
        bytes = bytes.subarray(0, at + 1);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - below(200)))]);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

describe('mutated files', () => {
  test.each(NAMES)('%s: rows or one clear code, the same however it is read', async (name) => {
    const original = readFileSync(new URL(name, SAMPLES));
    const below = random(name.length * 7919);
    let loaded = 0;
    for (let round = 0; round < 60; round += 1) {
      const bytes = mutate(original, below);
      const read = await readBytes(name, bytes);
      if (read.failure === null) loaded += 1;
      else expect(FORMAT_FAILURE_CODES).toContain(read.failure.code);
      const zipped = await readBytes(`${name}.gz`, gzipSync(bytes), {
        textLimits: { blockBytes: 64 + below(500) },
      });
      expect(zipped).toEqual(
        read.failure === null
          ? read
          : { ...read, failure: { ...read.failure, detail: zipped.failure?.detail } },
      );
    }
    expect(loaded).toBeGreaterThan(5);
  });

  test('mutated gzips', async () => {
    const original = gzipSync(readFileSync(new URL('edge-events-columns.csv', SAMPLES)));
    const whole = await readBytes('x.gz', original);
    const below = random(99);
    for (let round = 0; round < 60; round += 1) {
      const read = await readBytes('x.gz', mutate(original, below));
      if (read.failure === null && read.format === 'csv' && read.rows.length === whole.rows.length) {
        expect(read.rows).toEqual(whole.rows);
      } else if (read.failure !== null) expect(FORMAT_FAILURE_CODES).toContain(read.failure.code);
    }
  });
});

test('a gzip of one endless line is refused within its cap', async () => {
  const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024, 'x'));
  const read = await readBytes('x.csv.gz', bomb, { textLimits: { lineBytes: 1024 * 1024 } });
  expect(read.failure?.code).toBe('too_large');
});

import { expect, it } from 'vitest';
import { writeEventKey } from '../../../pipelines/event-key.js';
import { KnownKeys } from '../../../pipelines/load/known-keys.js';
import { seededRandom } from '../../seeded-random.js';

it('knows the first of each hash, whatever its time, as a Map would', () => {
  const random = seededRandom(17);
  for (let round = 0; round < 40; round++) {
    const size = 1 + random.below(3_000);
    const hashes = Array.from({ length: size }, () => random.text('\x00\x01\xffz', 10));
    const known = new KnownKeys(size);
    const first = new Map<string, { statedMs: number; content: number }>();
    const key = new Uint32Array(8);
    for (let at = 0; at < size; at++) {
      const hash = random.pick(hashes);
      const statedMs = 946_684_800_000 + random.below(2 ** 31) * 500;
      writeEventKey(key, 4, hash, statedMs);
      const content = random.below(2 ** 31) * 4_000_000 + 1;
      expect(known.take(key, 4, content)).toBe(!first.has(hash));
      if (!first.has(hash)) first.set(hash, { statedMs, content });
      expect(known.find(key, 4)).toEqual(first.get(hash));
    }
  }
});

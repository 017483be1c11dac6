import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { createTextHmac } from '../../../pipelines/privacy/hmac.js';
import { seededRandom } from '../../seeded-random.js';

it('begins as the HMAC-SHA256 of node:crypto, for keys and texts of any length', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 300; round++) {
    const key = Buffer.from(random.text('0123456789abcdef', random.below(300) * 2), 'hex');
    const hmac = createTextHmac(key);
    const texts = [0, 31, random.below(400), 342, 2_000].map((length) =>
      random.text('ab0_é直播\u{1F600}\0', length),
    );
    // Around the length that one block holds.
    for (let length = 0; length < 70; length++) texts.push(random.text('oWyl-_\0\x7f', length));
    for (const text of texts) {
      const known = createHmac('sha256', key).update(text).digest();
      expect([...hmac(text)]).toEqual([0, 4, 8, 12].map((at) => known.readInt32BE(at)));
    }
  }
});

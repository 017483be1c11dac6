import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { createTextHmac } from '../../../pipelines/privacy/hmac.js';
import { seededRandom } from '../../seeded-random.js';

it('is HMAC-SHA256 as node:crypto has it, for keys and texts of any length', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 300; round++) {
    const key = Buffer.from(random.text('0123456789abcdef', random.below(300) * 2), 'hex');
    const hmac = createTextHmac(key);
    for (const length of [0, 31, random.below(400), 342, 2_000]) {
      const text = random.text('ab0_é直播\u{1F600}\0', length);
      const known = createHmac('sha256', key).update(text).digest('binary');
      expect(hmac(text)).toBe(known);
    }
  }
});

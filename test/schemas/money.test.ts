import { describe, expect, it } from 'vitest';
import { readFen, readYuan } from '../../schemas/money.js';
import { seededRandom } from '../seeded-random.js';

describe('readYuan', () => {
  it.each([
    ['99.01', 9901],
    ['99', 9900],
    ['99.', 9900],
    ['0.1', 10],
    ['1,234,567.89', 123_456_789],
    ['¥99.00', 9900],
    ['￥ 99.00', 9900],
    ['９９．０１', 9901],
    ['99.01元', 9901],
    ['99.010', 9901],
    [' 0 ', 0],
    [49.9, 4990],
    [199, 19_900],
    [0.1 + 0.2, 30],
    [1.005 * 100, 10_050],
    ['90071992547409.91', 9_007_199_254_740_991],
  ])('reads %s', (value, fen) => {
    expect(readYuan(value)).toBe(fen);
  });

  it.each([
    '99.011',
    '-1',
    '1e3',
    '',
    'abc',
    '1,23',
    '12,34,567',
    '1.2.3',
    '90071992547409.92',
    '9'.repeat(50),
    '99分',
    -0.01,
    1e-7,
    1e22,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0.001,
    true,
    null,
    undefined,
    {},
  ])('refuses %s', (value) => {
    expect(readYuan(value)).toBe('bad_amount');
  });

  it('is exact for every amount, as text with two decimals and as number', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 5_000; round += 1) {
      const fen = random.below(2 ** 31) * random.pick([1, 7, 1000]);
      const digits = String(fen).padStart(3, '0');
      const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
      expect(readYuan(text)).toBe(fen);
      expect(readYuan(Number(text))).toBe(fen);
    }
  });
});

describe('readFen', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [19_900, 19_900],
    ['19900', 19_900],
    ['19,900', 19_900],
    ['19900.00', 19_900],
    ['19900分', 19_900],
    [9_007_199_254_740_991, 9_007_199_254_740_991],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('reads %s', (value, fen) => {
    expect(Object.is(readFen(value), fen)).toBe(true);
  });

  it.each([19.9, '19.9', -5, '-5', 1e30, 9_007_199_254_740_992, '9007199254740992', '99元', 'x', '', false])(
    'refuses %s',
    (value) => {
      expect(readFen(value)).toBe('bad_amount');
    },
  );
});

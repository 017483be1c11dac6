import { expect, test } from 'vitest';
import { unifyRadicals } from '../../../formats/pdf/radicals.js';

test('radicals become the characters they look like', () => {
  expect(unifyRadicals('在线⼈数 ⾄ ⻓⻅⻔⻢⻰ ⼾⼝')).toBe('在线人数 至 长见门马龙 户口');
});

test('no assigned radical is left, and nothing else is touched', () => {
  for (let code = 0x2e81; code <= 0x2fd5; code += 1) {
    if (code === 0x2e9a || (code > 0x2ef3 && code < 0x2f00)) continue;
    expect(unifyRadicals(String.fromCodePoint(code)), code.toString(16)).not.toMatch(/[\u2e80-\u2fdf]/);
  }
  const other = '：（）ＡＢ①㈱ﬁ豈';
  expect(unifyRadicals(other)).toBe(other);
});

import { describe, expect, it } from 'vitest';
import { encodeGb18030 } from '../../samples/gb18030-encoder.js';

const decode = (bytes: Uint8Array): string => new TextDecoder('gb18030', { fatal: true }).decode(bytes);

describe('GB18030 encoder', () => {
  it('is read back, emoji and four-byte characters too', () => {
    const text = '姓名,部门\r\n北方云朵☁️,爱吃糖的𠮷田 🍵 ー ㆒ 䶮';
    expect(decode(encodeGb18030(text))).toBe(text);
  });

  it('writes the bytes everyone knows', () => {
    expect([...encodeGb18030('中A')]).toEqual([0xd6, 0xd0, 0x41]);
  });

  it('reads back every character of the basic plane that the decoder can give', () => {
    let differing = 0;
    for (let code = 0xa0; code < 0x10000; code += 1) {
      // Surrogates and private use are no characters of texts.
      if (code >= 0xd800 && code <= 0xf8ff) continue;
      const character = String.fromCodePoint(code);
      if (decode(encodeGb18030(character)) !== character) differing += 1;
    }
    expect(differing).toBeLessThanOrEqual(2);
  });
});

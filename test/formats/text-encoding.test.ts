import { describe, expect, test } from 'vitest';
import { decodeBlocks, hintEncoding, utf8Boundary, Utf8Survey } from '../../formats/text-encoding.js';
import { cutRandomly, random } from './text-files.js';

const TEXT = 'a值😀\u0416é\u3000（）\r\n';

describe('decodeBlocks', () => {
  test('gives the same text however the bytes are cut', async () => {
    const below = random(11);
    for (let round = 0; round < 200; round += 1) {
      for (const [encoding, bytes] of [
        ['utf-8', Buffer.from(TEXT)],
        ['utf-16le', Buffer.from(TEXT, 'utf16le')],
        ['utf-16be', Buffer.from(TEXT, 'utf16le').swap16()],
      ] as const) {
        let text = '';
        for await (const piece of decodeBlocks(cutRandomly(bytes, below), encoding)) text += piece;
        expect(text).toBe(TEXT);
      }
    }
  });
});

test('utf8Boundary never cuts a character', () => {
  const bytes = Buffer.from(TEXT);
  for (let end = 0; end <= bytes.length; end += 1) {
    const boundary = utf8Boundary(bytes, end);
    expect(end - boundary).toBeLessThan(4);
    expect(bytes.toString('utf8', 0, boundary)).not.toContain('\ufffd');
  }
});

describe('Utf8Survey', () => {
  async function survey(bytes: Buffer, seed: number): Promise<Utf8Survey> {
    const result = new Utf8Survey();
    for await (const block of cutRandomly(bytes, random(seed))) result.push(block);
    return result;
  }

  test('valid means valid to a strict decoder', async () => {
    const below = random(8);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.from(TEXT.repeat(1 + below(3)));
      if (below(2) === 0) bytes[below(bytes.length)] = below(256);
      let valid = true;
      try {
        decoder.decode(bytes);
      } catch {
        valid = false;
      }
      expect((await survey(bytes, round + 1)).valid(), bytes.toString('hex')).toBe(valid);
    }
  });

  test('tells hurt UTF-8 from GB18030', () => {
    const whole = (bytes: Buffer): Utf8Survey => {
      const result = new Utf8Survey();
      result.push(bytes);
      return result;
    };
    const hurt = Buffer.from('观看人数'.repeat(100));
    hurt[50] = 0x41;
    expect(whole(hurt).mostlyValid()).toBe(true);
    expect(whole(Buffer.from('观看').subarray(0, -1)).mostlyValid()).toBe(true);
    const gb18030 = Buffer.from('b9dbbfb4c8cbcafd'.repeat(100), 'hex');
    expect(whole(gb18030).mostlyValid()).toBe(false);
  });
});

test.each([
  ['efbbbf61', null, 3],
  ['fffe6100', 'utf-16le', 2],
  ['feff0061', 'utf-16be', 2],
  ['61002c0062000a00', 'utf-16le', 0],
  ['0061002c0062000a', 'utf-16be', 0],
  ['612c620a', null, 0],
  ['', null, 0],
])('hintEncoding of %s', (bytes, encoding, markBytes) => {
  expect(hintEncoding(Buffer.from(bytes, 'hex'))).toEqual({ encoding, markBytes });
});

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cutToWidth, textWidth } from '../../formats/text-width.js';
import { lacksPython } from '../external-tool.js';

describe('the width of text', () => {
  it.each([
    ['live', 4],
    ['直播', 4],
    ['GMV（元）', 9],
    ['😀', 2],
    ['𠮷', 2],
    ['e\u0301', 1],
    ['ｱ', 1],
    ['▲ 1%', 4],
    ['…', 1],
    ['\u200b', 0],
    ['한글', 4],
  ])('of %j is %i', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it.skipIf(lacksPython('unicodedata'))(
    'agrees with the Unicode tables for everything Chinese text is made of',
    () => {
      const script = `import unicodedata, json
print(json.dumps([[c, unicodedata.east_asian_width(chr(c))] for a, b in [(0x21, 0x7f), (0x3000, 0x3040), (0x3041, 0x3097), (0x3105, 0x3130), (0x4e00, 0x9fd0), (0xff01, 0xff61), (0x20000, 0x2a6d0)] for c in range(a, b) if unicodedata.category(chr(c)) not in ('Cn', 'Mn')]))`;
      const known = JSON.parse(
        execFileSync('python3', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 }),
      ) as [number, string][];
      const wrong = known.filter(
        ([code, width]) => textWidth(String.fromCodePoint(code)) !== (width === 'W' || width === 'F' ? 2 : 1),
      );
      expect(wrong).toEqual([]);
    },
  );

  it('cuts to what fits, visibly, and leaves what fits alone', () => {
    expect(cutToWidth('直播日报', 8)).toBe('直播日报');
    expect(cutToWidth('直播日报', 7)).toBe('直播日…');
    expect(cutToWidth('直播日报', 6)).toBe('直播…');
    expect(cutToWidth('abc', 0)).toBe('');
    for (let width = 0; width < 12; width += 1) {
      expect(textWidth(cutToWidth('a直b播😀c', width))).toBeLessThanOrEqual(width);
    }
  });
});

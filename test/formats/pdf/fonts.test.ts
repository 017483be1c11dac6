import { describe, expect, it } from 'vitest';
import { splitRuns, widthOfText } from '../../../formats/pdf/fonts.js';

const faces = (text: string, weight: 'regular' | 'bold' = 'regular') =>
  splitRuns(text, weight).map((run) => [run.face, run.text]);

describe('splitRuns', () => {
  it('sets GB2312, Latin and the signs of reports in the main font', () => {
    const text = '直播间 Live 2026：¥1,234.50（↑12.3%）▲▼●·–—…「海报」①ⅡΩЯあア';
    expect(faces(text)).toEqual([['regular', text]]);
    expect(faces(text, 'bold')).toEqual([['bold', text]]);
  });

  it('has every character of GB2312 in both weights', () => {
    const decoder = new TextDecoder('gb18030');
    let all = '';
    for (let row = 0xa1; row <= 0xf7; row++) {
      for (let cell = 0xa1; cell <= 0xfe; cell++) {
        const character = decoder.decode(Uint8Array.of(row, cell));
        // rows beyond the standard decode to private use
        if (!/[\uE000-\uF8FF\uFFFD]/.test(character) && row >= 0xb0) all += character;
      }
    }
    expect(Array.from(all).length).toBeGreaterThanOrEqual(6763);
    expect(faces(all)).toEqual([['regular', all]]);
    expect(faces(all, 'bold')).toEqual([['bold', all]]);
  });

  it('falls back run by run: rare hanzi, emoji, box', () => {
    expect(faces('张𠮷㛃𬭎🎉看한')).toEqual([
      ['regular', '张'],
      ['rare', '𠮷㛃𬭎'],
      ['emoji', '🎉'],
      ['regular', '看'],
      ['missing', '한'],
    ]);
  });

  it('has every character of GBK somewhere', () => {
    const decoder = new TextDecoder('gbk');
    const missing: string[] = [];
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x40; trail <= 0xfe; trail++) {
        const character = decoder.decode(Uint8Array.of(lead, trail));
        if (Array.from(character).length !== 1 || !/\p{Script=Han}/u.test(character)) continue;
        if (faces(character)[0]?.[0] === 'missing') missing.push(character);
      }
    }
    expect(missing).toEqual([]);
  });

  it('keeps emoji sequences whole and text symbols as text', () => {
    expect(faces('👨‍👩‍👧‍👦')).toEqual([['emoji', '👨‍👩‍👧‍👦']]);
    expect(faces('好👍🏽！')).toEqual([
      ['regular', '好'],
      ['emoji', '👍🏽'],
      ['regular', '！'],
    ]);
    expect(faces('🇨🇳')).toEqual([['emoji', '🇨🇳']]);
    expect(faces('©2026 ★')).toEqual([['regular', '©2026 ★']]);
    expect(faces('❤️')).toEqual([['emoji', '❤️']]);
  });

  it('leaves out what is invisible, and shows halves of surrogate pairs', () => {
    expect(faces('a\u0000b\u202Ec\u200Bd\uFEFF\te\nf')).toEqual([['regular', 'abcd e f']]);
    expect(
      splitRuns('甲\uD842乙', 'regular')
        .map((run) => run.text)
        .join(''),
    ).toBe('甲\uFFFD乙');
  });

  it('thickens what has no bold', () => {
    expect(splitRuns('甲𠮷', 'bold').map((run) => run.thicken)).toEqual([false, true]);
  });

  it('gives back all visible text, whatever it is', () => {
    for (let seed = 1; seed < 3000; seed += 1) {
      const character = String.fromCodePoint(((seed * 7919) % 0xd000) + 0x20);
      if (/[\p{Cc}\p{Cf}\uFE00-\uFE0F]/u.test(character)) continue;
      expect(
        splitRuns(`a${character}b`, 'regular')
          .map((run) => run.text)
          .join(''),
      ).toBe(`a${character}b`);
    }
  });
});

describe('widthOfText', () => {
  it('is one em a hanzi, and the sum of its parts', () => {
    expect(widthOfText('直播间', 10, 'regular')).toBeCloseTo(30, 6);
    expect(widthOfText('直𠮷🎉한', 10, 'bold')).toBeCloseTo(
      ['直', '𠮷', '🎉', '한'].reduce((sum, part) => sum + widthOfText(part, 10, 'bold'), 0),
      6,
    );
  });

  it('has digits of one width, so that columns of numbers align', () => {
    const widths = new Set(Array.from('0123456789', (digit) => widthOfText(digit, 10, 'regular').toFixed(6)));
    expect(widths.size).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { widthOfText } from '../../../formats/pdf/fonts.js';
import { balanceLines, breakLines, shorten } from '../../../formats/pdf/line-break.js';

const TEXT =
  '本场小程序直播与视频号同步开播（企业微信侧为内部培训场），“进入人数”按 anonymous-identity 去重：跨端同一人只计一次。峰值 4,389 人，见 https://example.com/reports/2026/09/10?channel=poster_a0918&utm_source=wechat。张𠮷👨‍👩‍👧‍👦说好！';

describe('breakLines', () => {
  it('loses nothing but spaces at line ends, and keeps within the width', () => {
    for (let width = 24; width < 400; width += 7) {
      const lines = breakLines(TEXT, width, 10, 'regular');
      expect(lines.join('').replaceAll(' ', '')).toBe(TEXT.replaceAll(' ', ''));
      for (const line of lines) expect(widthOfText(line, 10, 'regular')).toBeLessThanOrEqual(width + 1e-6);
    }
  });

  it('begins no line with closing punctuation and ends none with an opening bracket', () => {
    for (let width = 60; width < 400; width += 7) {
      for (const line of breakLines(TEXT, width, 10, 'regular')) {
        expect(line).not.toMatch(/^[，。：！）”]/);
        expect(line).not.toMatch(/[（“]$/);
      }
    }
  });

  it('keeps words and numbers whole while there is room, and breaks only what is wider than the line', () => {
    expect(breakLines('成交 1,289,345.00 元', 60, 10, 'regular')).toContain('1,289,345.00');
    const lines = breakLines('甲aaaaaaaaaaaaaaaaaaaaaaaa', 40, 10, 'regular');
    expect(lines.length).toBeGreaterThan(2);
  });

  it('never cuts an emoji sequence', () => {
    for (const line of breakLines('👨‍👩‍👧‍👦'.repeat(6), 30, 10, 'regular')) {
      expect(line.replaceAll('👨‍👩‍👧‍👦', '')).toBe('');
    }
  });

  it('breaks at line feeds and ends in … when there are too many lines', () => {
    expect(breakLines('一\n二\r\n三', 100, 10, 'regular')).toEqual(['一', '二', '三']);
    const cut = breakLines('字'.repeat(100), 100, 10, 'regular', 3);
    expect(cut).toHaveLength(3);
    expect(cut[2]).toBe(`${'字'.repeat(9)}…`);
  });

  it('gives one empty line for no text', () => {
    expect(breakLines('', 100, 10, 'regular')).toEqual(['']);
  });
});

describe('balanceLines', () => {
  it('makes lines even', () => {
    expect(balanceLines('点击人数', 30, 10, 'bold', 4)).toEqual(['点击', '人数']);
  });
});

describe('shorten', () => {
  it('keeps what fits and shows a cut', () => {
    expect(shorten('渠道', 100, 10, 'regular')).toBe('渠道');
    const short = shorten('公众号推文第三弹', 50, 10, 'regular');
    expect(short.endsWith('…')).toBe(true);
    expect(widthOfText(short, 10, 'regular')).toBeLessThanOrEqual(50);
  });
});

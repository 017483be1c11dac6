import { describe, expect, it } from 'vitest';
import { PdfDocument, type PdfOptions } from '../../../formats/pdf/document.js';
import {
  collect,
  drawnTexts,
  firstPagePixels,
  lacksPdfTools,
  opens,
  outline,
  pageTexts,
  pdfInfo,
  plainObjects,
  qpdfCheck,
} from './poppler.js';

const INK = { size: 12, color: '1F2933' } as const;
const PASSWORD = 'correct-Horse 42!"\\()';

function open(change: Partial<PdfOptions> = {}): PdfDocument {
  return new PdfDocument({
    metadata: {
      title: '每日直播简报 <A & B> 𠮷🎉',
      subject: '三端',
      creator: 'wxlive',
      language: 'zh-CN',
      createdAt: Date.UTC(2026, 8, 11),
    },
    margins: { top: 60, bottom: 50, left: 40, right: 40 },
    userPassword: null,
    ...change,
  });
}

/** One line of text as a reader copies it. */
async function copied(text: string, weight: 'regular' | 'bold' = 'regular'): Promise<string> {
  const pdf = open();
  pdf.text(text, 40, 100, { ...INK, weight });
  return (drawnTexts(await collect(pdf.finish()))[0] ?? '').trim();
}

describe.skipIf(lacksPdfTools())('PdfDocument', () => {
  it.each([
    '直播间 GMV ¥1,234.50（+12.3%）▲▼●·–—…',
    '张𠮷、㛃、𬭎、䶮、龘：罕见字',
    '看见🎉好👍🏽家👨‍👩‍👧‍👦旗🇨🇳心❤️',
    '한국어 ไทย',
    'ﬁ ﬂ é ñ Å',
  ])('copies out what was written: %s', async (text) => {
    expect(await copied(text)).toBe(text);
    expect(await copied(text, 'bold')).toBe(text);
  });

  it('keeps apart characters that the font draws alike', async () => {
    // space and no-break space, three dots in the middle, 一 and its Kangxi radical, two dashes
    const text = '甲·乙•丙・丁 一⼀ –‒ 戊';
    expect(await copied(text)).toBe(text);
    const pdf = open();
    pdf.text('甲\u00A0乙 丙', 40, 100, INK);
    // poppler shows both spaces as one kind: look at what the font says of its glyphs
    expect(plainObjects(await collect(pdf.finish()))).toContain(
      '[<0000> <7532> <00a0> <4e59> <0020> <4e19>]',
    );
  });

  it('shows what no font has as boxes of which each keeps its text', async () => {
    expect(await copied('가나다 ABC')).toBe('가나다 ABC');
  });

  it('draws the glyphs themselves, in every face and weight', async () => {
    const pixels = async (text: string, weight: 'regular' | 'bold' = 'regular') => {
      const pdf = open();
      pdf.text(text, 40, 300, { size: 200, color: '000000', weight });
      return firstPagePixels(await collect(pdf.finish()));
    };
    const ink = async (text: string, weight: 'regular' | 'bold' = 'regular') =>
      (await pixels(text, weight)).reduce((sum, grey) => sum + (255 - grey) / 255, 0);
    // more strokes, more ink
    const growing = await Promise.all(
      ['一', '十', '王', '𠮷', '鼎', '龘'].map((character) => ink(character)),
    );
    expect(growing).toEqual([...growing].sort((a, b) => a - b));
    expect(new Set(growing).size).toBe(growing.length);
    // 𠮷 is in the rare font, which has no bold of its own
    for (const character of ['王', '𠮷']) {
      expect(await ink(character, 'bold')).toBeGreaterThan((await ink(character)) * 1.1);
    }
    expect((await pixels('가')).equals(await pixels('□'))).toBe(true);
    expect((await pixels('🎉')).equals(await pixels('□'))).toBe(false);
  });

  it('carries its title, language, bookmarks and pages', async () => {
    const pdf = open();
    pdf.bookmark('第一章 𠮷', 60);
    pdf.bookmark('一之一', 200, 1);
    pdf.addPage();
    pdf.bookmark('第二章 (括号) \\', 60);
    pdf.text('尾', 40, 100, INK);
    const bytes = await collect(pdf.finish());
    expect(outline(bytes)).toEqual([
      { level: 0, title: '第一章 𠮷', page: 1 },
      { level: 1, title: '一之一', page: 1 },
      { level: 0, title: '第二章 (括号) \\', page: 2 },
    ]);
    const info = pdfInfo(bytes);
    expect(info.get('Title')).toBe('每日直播简报 <A & B> 𠮷🎉');
    expect(info.get('Pages')).toBe('2');
    expect(info.get('Page size')).toContain('A4');
    const objects = plainObjects(bytes);
    expect(objects).toContain('/Lang (zh-CN)');
    // the XMP packet is XML although the title holds < and &
    expect(Buffer.from(objects, 'latin1').toString('utf8')).toContain('每日直播简报 &lt;A &amp; B&gt; 𠮷🎉');
    expect(qpdfCheck(bytes)).toContain('No syntax or stream encoding errors found');
  });

  it('gives the same bytes for the same drawing', async () => {
    const draw = async () => {
      const pdf = open();
      pdf.text('同样的数据𠮷🎉', 40, 100, INK);
      return collect(pdf.finish());
    };
    expect((await draw()).equals(await draw())).toBe(true);
  });

  it('draws a watermark that is no text, and only once into the file', async () => {
    const bytesOf = async (pages: number) => {
      const pdf = open();
      for (let page = 0; page < pages; page++) {
        if (page > 0) pdf.addPage();
        pdf.text('正文', 40, 100, INK);
        pdf.outlinedText('仅供张𠮷使用', 300, 400, -30, { size: 30, color: '000000' }, 0.05);
      }
      return collect(pdf.finish());
    };
    const one = await bytesOf(1);
    const many = await bytesOf(20);
    expect(pageTexts(one)[0]?.trim()).toBe('正文');
    expect((many.length - one.length) / 19).toBeLessThan(1000);
    expect(qpdfCheck(many)).toContain('No syntax');
  });

  describe('protected', () => {
    const build = async () => {
      const pdf = open({ userPassword: PASSWORD });
      pdf.bookmark('机密章节', 60);
      pdf.text('机密内容', 40, 100, INK);
      return collect(pdf.finish());
    };

    it('is AES-256 revision 6 and allows printing and copying, no changes', async () => {
      const bytes = await build();
      const check = qpdfCheck(bytes, PASSWORD);
      expect(check).toMatch(/^R = 6$/m);
      expect(check).toContain('stream encryption method: AESv3');
      expect(check).toContain('string encryption method: AESv3');
      expect(check).toContain('print high resolution: allowed');
      expect(check).toContain('extract for any purpose: allowed');
      expect(check).toContain('modify anything: not allowed');
      expect(check).toContain('Supplied password is user password');
      expect(pdfInfo(bytes, PASSWORD).get('Encrypted')).toContain('AES-256');
      expect(pageTexts(bytes, PASSWORD)[0]?.trim()).toBe('机密内容');
    });

    it('opens for its password only', async () => {
      const bytes = await build();
      expect(opens(bytes, PASSWORD)).toBe(true);
      for (const wrong of [
        '',
        'wrong-password',
        PASSWORD.slice(0, -1),
        `${PASSWORD} `,
        PASSWORD.toLowerCase(),
      ]) {
        expect(opens(bytes, wrong), wrong).toBe(false);
        expect(opens(bytes, wrong, 'owner'), wrong).toBe(false);
      }
      // the user's password is not the owner's
      expect(qpdfCheck(bytes, PASSWORD)).not.toContain('Supplied password is owner password');
    });

    it('leaves nothing readable: title, bookmarks, metadata', async () => {
      const bytes = await build();
      for (const secret of ['机密', '每日直播简报', '三端']) {
        expect(bytes.includes(Buffer.from(secret, 'utf8'))).toBe(false);
        expect(bytes.includes(Buffer.from(secret, 'utf16le').swap16())).toBe(false);
      }
      expect(bytes.includes('xmpmeta')).toBe(false);
    });

    it('refuses passwords that readers would not take', () => {
      for (const password of ['', '密码密码密码', 'ｆｕｌｌ']) {
        expect(() => open({ userPassword: password })).toThrow(TypeError);
      }
    });
  });
});

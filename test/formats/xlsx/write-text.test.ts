import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { SheetNames } from '../../../formats/xlsx/sheet-names.js';
import {
  MAX_CELL_CHARACTERS,
  columnLetters,
  escapeCellText,
  escapeXml,
  fitCell,
  looksLikeFormula,
  sheetRange,
  textElement,
} from '../../../formats/xlsx/write-text.js';

/** What an independent XML parser reads out of an element or an attribute. */
function parsed(xml: string): string {
  let text = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('text', (piece) => (text += piece));
  parser.write(xml).close();
  return text;
}

/** Every UTF-16 unit there is, halves of pairs included, in lists of 256. */
function codeUnits(): readonly (readonly string[])[] {
  return Array.from({ length: 256 }, (_, high) =>
    Array.from({ length: 256 }, (__, low) => String.fromCharCode(high * 256 + low)),
  );
}

/** What a spreadsheet makes of `_xHHHH_` (ECMA-376 part 1, 22.9.2.19). */
function unescaped(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

describe('text of a cell', () => {
  it('comes back whole for every code unit there is, and stays well-formed', () => {
    for (const characters of codeUnits()) {
      const text = characters.filter((character) => !/\p{Cs}/u.test(character)).join('a');
      expect(unescaped(parsed(textElement(text)))).toBe(text);
    }
  });

  it.each([
    '_x000D_',
    '_x005F_',
    '__x0041_',
    'x_x0041_x0042_',
    '<t>&amp;"\'',
    'a\r\nb',
    ' lead',
    'trail ',
    '𠮷😀',
    ']]>',
  ])('comes back whole: %j', (text) => {
    expect(unescaped(parsed(textElement(text)))).toBe(text);
  });

  it('replaces halves of pairs', () => {
    expect(parsed(textElement('a\ud800b\udc00c'))).toBe('a\ufffdb\ufffdc');
    expect(escapeCellText('😀')).toBe('😀');
  });

  it('is cut visibly and never inside a pair', () => {
    expect(fitCell('x'.repeat(MAX_CELL_CHARACTERS), '…')).toHaveLength(MAX_CELL_CHARACTERS);
    const cut = fitCell('x'.repeat(MAX_CELL_CHARACTERS - 2) + '😀😀', '…');
    expect(cut.endsWith('x…')).toBe(true);
    expect(cut.length).toBeLessThanOrEqual(MAX_CELL_CHARACTERS);
    expect(cut).not.toMatch(/\p{Cs}/u);
  });

  it('knows what a spreadsheet would take for a formula', () => {
    for (const text of ['=1', '+1', '-1', '@x', ' =1', '\t=1', '＝1', '|x', '%x', '\rx']) {
      expect(looksLikeFormula(text)).toBe(true);
    }
    for (const text of ['直播', '1', 'a=1', '(none)']) expect(looksLikeFormula(text)).toBe(false);
  });
});

describe('text elsewhere', () => {
  it('stays well-formed for every code unit there is', () => {
    for (const characters of codeUnits()) {
      const escaped = escapeXml(characters.join('a'));
      expect(() => parsed(`<a b="${escaped}">${escaped}</a>`)).not.toThrow();
    }
  });
});

describe('references', () => {
  it('counts columns as spreadsheets do', () => {
    expect([0, 25, 26, 51, 52, 701, 702, 16_383].map(columnLetters)).toEqual([
      'A',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
      'XFD',
    ]);
  });

  it('quotes names of sheets', () => {
    expect(sheetRange("O'Neil", { firstRow: 0, firstColumn: 1, lastRow: 9, lastColumn: 1 })).toBe(
      "'O''Neil'!$B$1:$B$10",
    );
  });
});

describe('names of sheets', () => {
  it('are legal and each there once, whatever is wanted', () => {
    const names = new SheetNames();
    const wanted = [
      'a/b',
      'A:B',
      'a-b',
      '',
      '   ',
      "'x'",
      'History',
      '直播'.repeat(30),
      '😀'.repeat(20),
      '直播'.repeat(30),
      'x\u0000y',
      '\ud800',
    ];
    const given = wanted.map((name) => names.claim(name));
    expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(wanted.length);
    for (const name of given) {
      expect(name.length).toBeGreaterThan(0);
      expect(name.length).toBeLessThanOrEqual(31);
      expect(name).not.toMatch(/[:\\/?*[\]\p{Cc}\p{Cs}]/u);
      expect(name).not.toMatch(/^'|'$/);
      expect(name.toLowerCase()).not.toBe('history');
    }
    expect(given[0]).toBe('a-b');
    expect(given[1]).toBe('A-B (2)');
  });
});

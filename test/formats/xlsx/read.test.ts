import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellValue } from '../../../formats/table.js';
import { openXlsx } from '../../../formats/xlsx/read.js';
import { failureOf } from '../failure-of.js';
import { zipFile } from '../zip-file.js';
import { oddWorkbook, readWorkbookBytes, readWorkbookFile, type OddWorkbook } from './workbook-file.js';

const samples = new URL('../../fixtures/samples/', import.meta.url);
const expected = JSON.parse(readFileSync(new URL('expected.json', samples), 'utf8')) as {
  passwords: { l1: string; l2: string; wrong: string };
};
const { passwords } = expected;

/** Rows of the only sheet, by number. */
async function rowsOf(
  sheet: Buffer | string,
  more: Omit<OddWorkbook, 'sheets'> = {},
): Promise<Record<number, readonly CellValue[]>> {
  const { rows } = await readWorkbookBytes(oddWorkbook({ ...more, sheets: { one: sheet } }));
  return rows['one'] ?? {};
}

const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;

describe('odd workbooks that must be read', () => {
  it('cells and rows without places', async () => {
    expect(
      await rowsOf(
        `<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="5">${text('x')}</row><row><c><v>4</v></c></row>`,
      ),
    ).toEqual({
      1: [1, null, null, 2, 3],
      5: ['x'],
      6: [4],
    });
  });

  it('prefixed tags, foreign attributes, comments and white space', async () => {
    const sheet =
      '<x:worksheet xmlns:x="m" xmlns:y="n"><x:sheetData>\n <x:row y:r="9" r="2"> <x:c y:t="s" r="B2" t="n">\n<x:v>1<!-- and -->2</x:v></x:c>' +
      '<x:c t="str"><x:f>A1&amp;B1</x:f><x:v><![CDATA[a<b]]></x:v></x:c></x:row></x:sheetData></x:worksheet>';
    expect(await rowsOf(sheet)).toEqual({ 2: [null, 12, 'a<b'] });
  });

  it('shared strings: rich text joined, phonetic hints dropped, escapes undone, empty ones null', async () => {
    const sharedStrings =
      '<sst><si><t>plain</t></si><si><r><rPr><b/></rPr><t>rich </t></r><r><t>文字</t></r><rPh sb="0" eb="1"><t>もじ</t></rPh><phoneticPr/></si>' +
      '<si/><si><t/></si><si><t xml:space="preserve"> a_x000D_&#10;b </t></si></sst>';
    expect(
      await rowsOf(`<row>${[0, 1, 2, 3, 4].map((at) => `<c t="s"><v>${at}</v></c>`).join('')}</row>`, {
        sharedStrings,
      }),
    ).toEqual({ 1: ['plain', 'rich 文字', null, null, ' a\r\nb '] });
  });

  it('every type of cell', async () => {
    expect(
      await rowsOf(
        '<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>1</f><v>text</v></c><c><f>1+1</f></c>' +
          '<c t="d"><v>2026-09-10T15:09:34</v></c><c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>' +
          '<c t="n"><v> -1.5E3 </v></c><c><v>1,5</v></c><c s="9"><v>7</v></c></row>',
      ),
    ).toEqual({ 1: [true, false, null, 'text', null, '2026-09-10 15:09:34', 'inline', -1500, '1,5', 7] });
  });

  it('numbers exactly as a decimal rounds, long ids as numbers that show it', async () => {
    const numbers = [
      '0.1',
      '123456789.012345',
      '-0.000001',
      '1e-7',
      '1.7976931348623157E308',
      '999999999999999',
      '1234567890123456',
      '12345678901234567000',
      '.5',
      '5.',
      '0.30000000000000004',
      '00012',
    ];
    const rows = await rowsOf(`<row>${numbers.map((number) => `<c><v>${number}</v></c>`).join('')}</row>`);
    expect(rows[1]).toEqual(numbers.map(Number));
  });

  it('dates as wall-clock text, in either date system', async () => {
    const formats = ['yyyy-mm-dd', 'yyyy/m/d h:mm:ss', 'h:mm', '[h]:mm:ss', '0.00'];
    const sheet = `<row>${[46275, 46275.5, 0.25, 1.25, 2.5].map((serial, at) => `<c s="${at + 1}"><v>${serial}</v></c>`).join('')}</row>`;
    expect(await rowsOf(sheet, { formats })).toEqual({
      1: ['2026-09-10', '2026-09-10 12:00:00', '06:00:00', '30:00:00', 2.5],
    });
    expect(await rowsOf(sheet, { formats, workbookProperties: 'date1904="1"' })).toEqual({
      1: ['2030-09-11', '2030-09-11 12:00:00', '06:00:00', '30:00:00', 2.5],
    });
  });

  it('merged cells: the value at the top left only', async () => {
    const row = (number: number): string =>
      `<row r="${number}">${[1, 2, 3, 4].map((value) => `<c><v>${number * 10 + value}</v></c>`).join('')}</row>`;
    const sheet = `<worksheet><sheetData>${[1, 2, 3, 4].map(row).join('')}</sheetData><mergeCells><mergeCell ref="B2:C3"/><mergeCell ref="D1:D4"/><mergeCell ref="A4:B4"/></mergeCells></worksheet>`;
    expect(await rowsOf(sheet)).toEqual({ 1: [11, 12, 13, 14], 2: [21, 22], 3: [31], 4: [41, null, 43] });
  });

  it('hidden sheets, in the order of their tabs, a chunk never mixing two', async () => {
    const { chunks, rows } = await readWorkbookBytes(
      oddWorkbook({
        sheets: {
          第一: `<row>${text('a')}</row>`,
          hidden: `<row>${text('b')}</row>`,
          empty: '',
          last: `<row>${text('c')}</row>`,
        },
        sheetAttributes: { hidden: 'state="veryHidden"' },
      }),
    );
    expect(chunks.map((chunk) => chunk.table)).toEqual(['第一', 'hidden', 'last']);
    expect(rows).toEqual({ 第一: { 1: ['a'] }, hidden: { 1: ['b'] }, last: { 1: ['c'] } });
  });

  it('strict OOXML, UTF-16 parts, external links', async () => {
    const sheet = '<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>';
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(sheet, 'utf16le')]);
    const sharedStrings = Buffer.from(
      '\ufeff<?xml version="1.0" encoding="UTF-16"?><sst><si><t>中文</t></si></sst>',
      'utf16le',
    ).swap16();
    const more = [
      {
        name: 'xl/externalLinks/_rels/externalLink1.xml.rels',
        content:
          '<Relationships><Relationship Id="rId1" Type="t/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
      },
    ];
    expect(await rowsOf(utf16, { sharedStrings, more, strict: true })).toEqual({ 1: ['中文'] });
  });

  it('16,384 columns, empty rows without number, texts of the greatest length', async () => {
    const longest = '长'.repeat(32_767);
    const wide = `<row r="1"><c r="XFD1"><v>1</v></c></row><row r="2"><c r="A2" s="0"/></row>${'<row/>'.repeat(50_000)}<row>${text(longest)}</row>`;
    const rows = await rowsOf(wide);
    expect(Object.keys(rows)).toEqual(['1', '50003']);
    expect(rows[1]).toHaveLength(16_384);
    expect(rows[50_003]).toEqual([longest]);
  });

  it('no shared strings, no styles, a workbook that is found without relationships', async () => {
    const sheet = '<worksheet><sheetData><row><c s="3"><v>46275</v></c></row></sheetData></worksheet>';
    const bare = zipFile([
      {
        name: 'xl/workbook.xml',
        content: '<workbook xmlns:q="r"><sheets><sheet name="S" q:id="a"/></sheets></workbook>',
      },
      {
        name: 'xl/_rels/workbook.xml.rels',
        content:
          '<Relationships><Relationship Id="a" Type="x/worksheet" Target="../xl/./s.xml"/></Relationships>',
      },
      { name: 'xl/s.xml', content: sheet },
    ]);
    expect((await readWorkbookBytes(bare)).rows).toEqual({ S: { 1: [46275] } });
  });

  it('many rows, whatever the places where blocks end', async () => {
    const count = 30_000;
    const row = (number: number): string =>
      `<row r="${number}"><c r="A${number}"><v>${number}</v></c><c r="B${number}" t="inlineStr"><is><t>第${number}行 &amp; text</t></is></c><c r="D${number}"><v>${number / 8}</v></c></row>`;
    const { chunks } = await readWorkbookBytes(
      oddWorkbook({ sheets: { s: Array.from({ length: count }, (_, at) => row(at + 1)).join('') } }),
    );
    const rows = chunks.flatMap((chunk) => chunk.rows);
    expect(rows).toHaveLength(count);
    for (const [at, { row: number, cells }] of rows.entries()) {
      expect(number).toBe(at + 1);
      expect(cells).toEqual([number, `第${number}行 & text`, null, number / 8]);
    }
  });
});

it('long texts that many cells share come in chunks of a few megabytes', async () => {
  const row = `<row>${'<c t="s"><v>0</v></c>'.repeat(20)}</row>`;
  const { chunks } = await readWorkbookBytes(
    oddWorkbook({
      sheets: { s: row.repeat(60) },
      sharedStrings: `<sst><si><t>${'长'.repeat(32_767)}</t></si></sst>`,
    }),
  );
  const characters = chunks.map(({ rows }) =>
    rows.flatMap(({ cells }) => cells).reduce<number>((sum, cell) => sum + String(cell).length, 0),
  );
  expect(characters.reduce((sum, count) => sum + count)).toBe(60 * 20 * 32_767);
  expect(Math.max(...characters)).toBeLessThan(4_000_000);
});

describe('workbooks that are refused', () => {
  const sheetRefusals: readonly (readonly [string, string, string])[] = [
    ['a text that is not there', '<row><c t="s"><v>0</v></c></row>', 'damaged'],
    ['rows out of order', '<row r="2"/><row r="1"/>', 'damaged'],
    ['a cell beyond the last column', '<row><c r="XFE1"><v>1</v></c></row>', 'too_large'],
    ['a cell without letters', '<row><c r="12"><v>1</v></c></row>', 'damaged'],
    ['a text longer than any cell', `<row>${text('x'.repeat(32_768))}</row>`, 'too_large'],
    ['a text of forty megabytes', `<row>${text('x'.repeat(40_000_000))}</row>`, 'too_large'],
    ['an absurd row number', '<row r="99999999999"/>', 'too_large'],
    ['a document type', '<!DOCTYPE w [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>', 'damaged'],
    ['an entity', `<row>${text('&secret;')}</row>`, 'damaged'],
    ['a sheet that ends early', '<worksheet><sheetData><row>', 'damaged'],
    [
      'an unreadable merged range',
      '<worksheet><sheetData/><mergeCells><mergeCell ref="x"/></mergeCells></worksheet>',
      'damaged',
    ],
    [
      'another encoding',
      '<?xml version="1.0" encoding="GBK"?><worksheet><sheetData/></worksheet>',
      'unsupported',
    ],
  ];
  it.each(sheetRefusals)('%s', async (_, sheet, code) => {
    const file = oddWorkbook({ sheets: { good: `<row>${text('good')}</row>`, bad: sheet } });
    expect((await failureOf(readWorkbookBytes(file))).code).toBe(code);
  });

  it.each([
    ['word/document.xml', /Word/],
    ['ppt/presentation.xml', /PowerPoint/],
    ['xl/workbook.bin', /xlsb/],
    ['picture.png', /no workbook/],
  ])('a package with %s, by name', async (name, detail) => {
    expect(await failureOf(readWorkbookBytes(zipFile([{ name, content: 'x' }])))).toMatchObject({
      code: 'unsupported',
      detail,
    });
  });

  it('an OpenDocument spreadsheet, by name', async () => {
    const content = 'application/vnd.oasis.opendocument.spreadsheet';
    const ods = zipFile([{ name: 'mimetype', content, stored: true }]);
    expect(await failureOf(readWorkbookBytes(ods))).toMatchObject({ code: 'unsupported', detail: /\.ods/ });
  });

  it('an archive of archives, whatever its name', async () => {
    let nested = oddWorkbook({ sheets: { s: `<row>${text('x')}</row>` } });
    for (let depth = 0; depth < 5; depth += 1) nested = zipFile([{ name: 'book.xlsx', content: nested }]);
    expect(await failureOf(readWorkbookBytes(nested))).toMatchObject({
      code: 'unsupported',
      detail: /no workbook/,
    });
  });

  it('a row of 16,384 times the longest text, and cells that repeat it without end', async () => {
    const sharedStrings = `<sst><si><t>${'x'.repeat(32_767)}</t></si></sst>`;
    const cells = (count: number): string => `<row>${'<c t="s"><v>0</v></c>'.repeat(count)}</row>`;
    for (const sheet of [cells(16_384), cells(900).repeat(400)]) {
      const file = oddWorkbook({ sheets: { s: sheet }, sharedStrings });
      expect((await failureOf(readWorkbookBytes(file))).code).toBe('too_large');
    }
  });

  it('an entity bomb in the shared strings, unexpanded', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`,
    ).join('');
    const sharedStrings = `<!DOCTYPE s [<!ENTITY a0 "lol">${levels}]><sst><si><t>&a20;</t></si></sst>`;
    expect(
      (await failureOf(readWorkbookBytes(oddWorkbook({ sheets: { s: '<row/>' }, sharedStrings })))).code,
    ).toBe('damaged');
  });

  it('a file without a byte', async () => {
    expect((await failureOf(readWorkbookBytes(Buffer.alloc(0)))).code).toBe('empty');
  });
});

describe('openXlsx', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const saved = (content: Buffer): string => {
    const path = join(folder, 'book.xlsx');
    writeFileSync(path, content);
    return path;
  };

  it('opens encrypted samples with one of several passwords', async () => {
    for (const [name, scheme, rows] of [
      ['watch-l1-encrypted.xlsx', 'agile', 22],
      ['watch-l2-restated-encrypted.xlsx', 'standard', 21],
      ['roster-2.xlsx', undefined, 16],
    ] as const) {
      const path = new URL(name, samples).pathname;
      const file = await openXlsx(path, { passwords: [passwords.wrong, passwords.l1, passwords.l2] });
      expect(file.encrypted?.scheme).toBe(scheme);
      let count = 0;
      if (file.content.kind !== 'table') throw new Error('no table');
      for await (const chunk of file.content.chunks()) count += chunk.rows.length;
      expect(count).toBe(rows);
      expect(file.consumed()).toBe(file.bytes);
    }
  });

  it('names what is wrong with the unreadable samples', async () => {
    for (const [name, given, code] of [
      ['watch-l1-encrypted.xlsx', [passwords.wrong], 'wrong_password'],
      ['watch-l1-encrypted.xlsx', [], 'password_missing'],
      ['hostile/truncated.xlsx', [passwords.l1], 'damaged'],
      ['hostile/flipped-package-byte.xlsx', [passwords.l1], 'damaged'],
      ['hostile/huge-spin-count.xlsx', [passwords.l1], 'too_large'],
      ['hostile/xxe.xlsx', [], 'damaged'],
    ] as const) {
      const path = new URL(name, samples).pathname;
      expect((await failureOf(openXlsx(path, { passwords: given }))).code, name).toBe(code);
    }
    await expect(openXlsx(join(folder, 'missing.xlsx'), { passwords: [] })).rejects.toThrow(/ENOENT/);
  });

  it('yields nothing of a workbook whose last sheet is damaged', async () => {
    const path = saved(
      oddWorkbook({
        sheets: { good: `<row>${text('x')}</row>`.repeat(5_000), bad: '<row><c t="s"><v>1</v></c></row>' },
      }),
    );
    expect((await failureOf(openXlsx(path, { passwords: [] }))).code).toBe('damaged');
  });

  it('refuses a bomb of shared strings in bounded memory', async () => {
    // 190 MB of short strings out of less than 1 MB: under the ratio that is refused at once.
    const strings = Buffer.from(
      `<sst>${'<si><t>abcdefghijklmnopqrstuvwxyz0123456789</t></si>'.repeat(4_000_000)}</sst>`,
    );
    const path = saved(oddWorkbook({ sheets: { s: '<row/>' }, sharedStrings: strings }));
    const started = await openXlsx(path, { passwords: [], limits: { memoryMebibytes: 200 } }).catch(
      (error: unknown) => error,
    );
    expect(started).toMatchObject({ failure: { code: 'too_large' } });
  });
});

it('reads every plain sample', async () => {
  for (const name of [
    'events-04.xlsx',
    'orders-yuan.xlsx',
    'edge-ids.xlsx',
    'signin-l1.xlsx',
    'watch-l1-restated.xlsx',
  ]) {
    const { chunks } = await readWorkbookFile(new URL(name, samples).pathname);
    expect(chunks.length, name).toBeGreaterThan(0);
  }
  const { rows } = await readWorkbookFile(new URL('edge-ids.xlsx', samples).pathname);
  const numbers = Object.values(rows['导出'] ?? {})
    .flat()
    .filter((cell) => typeof cell === 'number' && cell >= 1e15);
  expect(numbers.length).toBeGreaterThan(0);
});

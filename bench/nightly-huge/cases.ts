import type { FormatFailureCode } from '../../formats/index.js';
import { oddWorkbook } from '../../test/formats/xlsx/workbook-file.js';
import { makePdf } from '../../test/formats/pdf/pdf-table.js';
import { zipFile } from '../../test/formats/zip-file.js';
import { deflatedSheet, gzipOf, repeated, type Bytes } from './streams.js';

/** A file that is too much in some way, made as a stream. */
export interface HugeCase {
  readonly name: string;
  readonly file: string;
  /** `inspect` reads it to its end, `import` tries to load it. */
  readonly command: 'inspect' | 'import';
  /** @param scale 1 at night, less for a quick look */
  readonly bytes: (scale: number) => Bytes;
  /** One of these codes, or the rows that must be counted. */
  readonly expected:
    | { readonly codes: readonly (FormatFailureCode | 'unknown_layout')[] }
    | { readonly rows: (scale: number) => number };
}

const GIGABYTE = 1 << 30;
const MEGABYTE = 1 << 20;
const DEPTH = 100_000;
const tooLarge = { codes: ['too_large'] } as const;

const event = (id: string): string =>
  `{"event_id":"${id}","event":"live_enter","time":1757419200000,"user_id":"m${id}","room_id":"1","props":{"text":"${'弹幕'.repeat(40)}"}}`;
const deep = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;
/** Rows as text: `count` times `row`, in pieces. */
const lines = (row: string, count: number): Bytes => repeated(Buffer.from(row), count);
const counted = (scale: number, whole: number): number => Math.max(1, Math.round(whole * scale));

async function* joined(...parts: readonly (string | Bytes)[]): Bytes {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part);
    else yield* part;
  }
}

async function* whole(bytes: Buffer | Promise<Buffer>): Bytes {
  yield await bytes;
}

const xlsxText = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const header = `<row>${['event_id', 'event', 'time', 'user_id'].map(xlsxText).join('')}</row>`;
const sharedRow = (number: number, cells: number): string =>
  `<row r="${number}">${'<c t="s"><v>0</v></c>'.repeat(cells)}</row>`;
const longest = `<sst><si><t>${'x'.repeat(32_767)}</t></si></sst>`;

export const HUGE_CASES: readonly HugeCase[] = [
  {
    name: 'CSV of one line of 2 GB',
    file: 'line.csv',
    command: 'import',
    bytes: (scale) => joined('event_id,event\n', repeated(Buffer.alloc(MEGABYTE, 'x'), counted(scale, 2048))),
    expected: tooLarge,
  },
  {
    name: 'CSV of one quoted cell of 2 GB',
    file: 'quoted.csv',
    command: 'import',
    bytes: (scale) =>
      joined('event_id,event\n1,"', repeated(Buffer.alloc(MEGABYTE, 'x\n'), counted(scale, 2048)), '"\n'),
    // Nobody closes a quote so late: it is text, and each line a row.
    expected: { codes: ['unknown_layout'] },
  },
  {
    name: '2 GB of line ends',
    file: 'blank.csv',
    command: 'import',
    bytes: (scale) => repeated(Buffer.alloc(MEGABYTE, '\n'), counted(scale, 2048)),
    expected: { codes: ['empty'] },
  },
  {
    name: '2 GB of NULs',
    file: 'nul.csv',
    command: 'import',
    bytes: (scale) => repeated(Buffer.alloc(MEGABYTE, 0), counted(scale, 2048)),
    expected: { codes: ['empty', 'unsupported', 'damaged', 'too_large'] },
  },
  {
    name: 'CSV of 100,000 columns × 200',
    file: 'wide.csv',
    command: 'import',
    bytes: (scale) =>
      lines(`${Array.from({ length: 100_000 }, (_, at) => `c${at}`).join(',')}\n`, counted(scale, 200)),
    expected: { codes: ['unknown_layout'] },
  },
  {
    name: 'NDJSON of one line of 2 GB',
    file: 'line.ndjson',
    command: 'import',
    bytes: (scale) =>
      joined(
        `${event('a')}\n{"event_id":"`,
        repeated(Buffer.alloc(MEGABYTE, 'x'), counted(scale, 2048)),
        '"}\n',
      ),
    expected: tooLarge,
  },
  {
    name: 'JSON document of 2 GB',
    file: 'document.json',
    command: 'import',
    bytes: (scale) =>
      joined('{"errcode":0,"list":[0', lines(',\n1234567', counted(scale, GIGABYTE / 4)), ']}'),
    expected: tooLarge,
  },
  {
    name: 'JSON array of 2 GB',
    file: 'array.json',
    command: 'inspect',
    bytes: (scale) => joined(`[${event('0')}`, lines(`,\n${event('a')}`, counted(scale, 6_000_000)), ']'),
    expected: { rows: (scale) => counted(scale, 6_000_000) + 1 },
  },
  {
    name: 'JSON array whose element is 2 GB',
    file: 'element.json',
    command: 'import',
    bytes: (scale) => joined('[{"a":"', repeated(Buffer.alloc(MEGABYTE, 'x'), counted(scale, 2048)), '"}]'),
    expected: tooLarge,
  },
  {
    name: 'JSON document 100,000 deep',
    file: 'deep.json',
    command: 'import',
    bytes: () => joined(deep),
    expected: { codes: ['unknown_layout'] },
  },
  {
    name: 'NDJSON with lines and props 100,000 deep',
    file: 'deep.ndjson',
    command: 'import',
    bytes: () =>
      joined(
        `${event('a')}\n${deep}\n{"event_id":"b","event":"e","time":1757419200000,"user_id":"u","props":${deep}}\n`,
      ),
    expected: { rows: () => 3 },
  },
  {
    name: 'gzip of 8 GB of NDJSON',
    file: 'events.ndjson.gz',
    command: 'inspect',
    bytes: (scale) => gzipOf(Buffer.from(`${event('a')}\n`.repeat(100_000)), counted(scale, 225)),
    expected: { rows: (scale) => 100_000 * counted(scale, 225) },
  },
  {
    name: 'gzip of one line of 20 GB',
    file: 'line.csv.gz',
    command: 'import',
    bytes: (scale) => gzipOf(Buffer.alloc(64 * MEGABYTE, 'x'), counted(scale, 320)),
    expected: tooLarge,
  },
  {
    name: 'XLSX with 10,000,000 empty rows',
    file: 'empty-rows.xlsx',
    command: 'inspect',
    bytes: (scale) =>
      deflatedSheet(
        joined(header, lines('<row/>', counted(scale, 10_000_000)), `<row>${xlsxText('1')}</row>`),
      ),
    expected: { rows: () => 2 },
  },
  {
    name: 'XLSX with 10,000,000 rows of empty styled cells',
    file: 'styled-rows.xlsx',
    command: 'inspect',
    bytes: (scale) =>
      deflatedSheet(joined(header, lines('<row><c s="1"/></row>', counted(scale, 10_000_000)))),
    expected: { rows: () => 1 },
  },
  {
    name: 'XLSX that inflates 1,000 times, to 3 GB',
    file: 'ratio.xlsx',
    command: 'import',
    bytes: () => deflatedSheet(lines(' '.repeat(1024), (3 * GIGABYTE) / 1024)),
    expected: tooLarge,
  },
  {
    name: 'XLSX that says it inflates to 4 GB',
    file: 'says.xlsx',
    command: 'import',
    bytes: () =>
      whole(zipFile([{ name: 'xl/workbook.xml', content: 'x', lie: { inflatedBytes: 0xfffffff0 } }])),
    expected: tooLarge,
  },
  {
    name: 'XLSX of 60,000 entries',
    file: 'entries.xlsx',
    command: 'import',
    bytes: () =>
      whole(
        zipFile(
          Array.from({ length: 60_000 }, (_, at) => ({ name: `xl/a${at}.xml`, content: '', stored: true })),
        ),
      ),
    expected: tooLarge,
  },
  {
    name: 'XLSX with a row of 16,384 times the longest text',
    file: 'shared-row.xlsx',
    command: 'import',
    bytes: () => whole(oddWorkbook({ sheets: { s: sharedRow(1, 16_384) }, sharedStrings: longest })),
    expected: tooLarge,
  },
  {
    name: 'XLSX with a million times the longest text',
    file: 'shared-cells.xlsx',
    command: 'import',
    bytes: () =>
      whole(
        oddWorkbook({
          sheets: { s: Array.from({ length: 10_000 }, (_, at) => sharedRow(at + 1, 100)).join('') },
          sharedStrings: longest,
        }),
      ),
    expected: tooLarge,
  },
  {
    name: 'XLSX with 100,000 times the longest text',
    file: 'shared-more.xlsx',
    command: 'import',
    bytes: () =>
      whole(
        oddWorkbook({
          sheets: { s: Array.from({ length: 1_000 }, (_, at) => sharedRow(at + 1, 100)).join('') },
          sharedStrings: longest,
        }),
      ),
    expected: { codes: ['unknown_layout'] },
  },
  {
    name: 'XLSX with rows that end in the last column',
    file: 'gaps.xlsx',
    command: 'import',
    bytes: () => deflatedSheet(lines('<row><c r="XFD9"><v>1</v></c></row>', 1_000_000)),
    expected: tooLarge,
  },
  {
    name: 'PDF of 2,000 pages',
    file: 'pages.pdf',
    command: 'inspect',
    bytes: (scale) =>
      whole(makePdf({ rows: 40 * counted(scale, 2_000), gap: 10 }).then(({ bytes }) => bytes)),
    expected: { rows: () => -1 },
  },
];

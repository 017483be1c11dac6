import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openFile } from '../../../formats/open-file.js';
import type { CellValue } from '../../../formats/table.js';
import { lacksProgram, lacksPython, runPython } from '../../external-tool.js';
import { random, readBack } from '../text-files.js';
import { HEADER, makePdf } from './pdf-table.js';

const SAMPLES = fileURLToPath(new URL('../../fixtures/samples/', import.meta.url));
const PASSWORD = 'Pd_ppUDCgnaGz';
const folder = mkdtempSync(join(tmpdir(), 'wxlive-pdf-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const inFolder = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const cellsOf = async (path: string, passwords: string[] = []): Promise<(readonly CellValue[])[]> => {
  const read = await readBack(path, { passwords });
  expect(read.failure).toBeNull();
  return read.rows.map((row) => row.cells);
};
/** Hundredths or thousandths added up as whole numbers. */
const sum = (cells: CellValue[]): number =>
  cells.reduce<number>(
    (total, cell) =>
      total + (cell === '--' ? 0 : Math.round(Number(String(cell).replaceAll(',', '')) * 1000)),
    0,
  ) / 1000;

describe('the sample exports', () => {
  const head = [
    '时间',
    '在线人数',
    '观看人数',
    '观看次数',
    '点赞数',
    '评论数',
    '分享数',
    '请求数',
    '流量(MB)',
    '带宽(Mbps)',
  ];
  test.each([
    ['minutes-k1-day1.pdf', 71, 3, '2026-09-10 23:00', '2026-09-11 00:10'],
    ['minutes-k1-day2.pdf', 100, 2, '2026-09-11 19:05', '2026-09-11 20:44'],
    ['minutes-k2-day1.pdf', 80, 2, '2026-09-10 19:45', '2026-09-10 21:04'],
    ['minutes-k2-day2-encrypted.pdf', 65, 2, '2026-09-11 20:15', '2026-09-11 21:19'],
  ])('%s: %i minutes whose sums are those of its last line', async (name, minutes, pages, first, last) => {
    const rows = await cellsOf(join(SAMPLES, name), ['another', PASSWORD]);
    expect(rows[0]).toEqual(['看点直播 分钟数据汇总']);
    expect(rows[1]).toEqual([expect.stringContaining(`统计时间：${first} 至 ${last}`)]);
    expect(rows[2]).toEqual([expect.stringMatching(/^导出时间：2026-09-\d\d \d\d:\d\d:00$/)]);
    expect(rows[3]).toEqual(head);
    const total = rows.at(-1) ?? [];
    expect(total[0]).toBe('合计');
    const data = rows.slice(4, -1);
    expect(data.length).toBe(minutes);
    expect([data[0]?.[0], data.at(-1)?.[0]]).toEqual([first, last]);
    expect(new Set(data.map((row) => row.length))).toEqual(new Set([10]));
    for (const column of [2, 3, 4, 5, 6, 7, 8]) {
      expect(sum(data.map((row) => row[column] ?? null)), head[column]).toBe(sum([total[column] ?? null]));
    }
    expect(pages).toBeGreaterThan(1);
  });

  test('the first of them has the sums that the samples name', async () => {
    const rows = await cellsOf(join(SAMPLES, 'minutes-k1-day1.pdf'));
    const sums = head.slice(1).map((_, at) => sum(rows.slice(4, -1).map((row) => row[at + 1] ?? null)));
    expect(sums).toEqual([83979, 41231, 51572, 38638, 2277, 296, 865106, 135238.51, 20489.005]);
  });

  test.skipIf(lacksPython('pdfplumber'))('pdfplumber reads the same lines', async () => {
    const names = ['minutes-k1-day1.pdf', 'minutes-k1-day2.pdf', 'minutes-k2-day1.pdf'];
    const made = await Promise.all([40, 12, 6].map((gap) => makePdf({ rows: 90, gap, seed: gap })));
    const paths = [
      ...names.map((name) => join(SAMPLES, name)),
      ...made.map(({ bytes }, at) => inFolder(`plumbed-${at}.pdf`, bytes)),
    ];
    const plumbed = runPython(
      `
import json, pdfplumber, sys
files = []
for path in sys.argv[1:]:
    lines = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            rows = {}
            for word in page.extract_words(): rows.setdefault(round(word['bottom']), []).append(word)
            for row in sorted(rows): lines.append(''.join(w['text'] for w in sorted(rows[row], key=lambda w: w['x0'])))
    files.append([line for line in lines if line.startswith('2026-')])
print(json.dumps(files))`,
      ...paths,
    ) as string[][];
    for (const [at, path] of paths.entries()) {
      const lines = (await cellsOf(path)).map((cells) => cells.join('').replaceAll(' ', ''));
      const wanted = plumbed[at] ?? [];
      expect(wanted.length, path).toBeGreaterThan(60);
      expect(
        lines.filter((line) => line.startsWith('2026-')),
        path,
      ).toEqual(wanted);
    }
  });

  test.each([
    ['minutes-k2-day2-encrypted.pdf', [], 'password_missing'],
    ['minutes-k2-day2-encrypted.pdf', ['no', 'neither'], 'wrong_password'],
    ['hostile/damaged.pdf', [], 'damaged'],
  ])('%s with %j: %s', async (name, passwords, code) => {
    const opened = await openFile(join(SAMPLES, name), { passwords });
    if (opened.ok) throw new Error('it was opened');
    expect(opened.failure.code).toBe(code);
    if (name.includes('encrypted')) expect(opened.failure.encrypted).toEqual({ scheme: 'pdf-r6' });
  });
});

describe('tables of pdfkit', () => {
  test.each([40, 12, 6, 4])('columns %i points apart come out exactly', async (gap) => {
    const { bytes, rows } = await makePdf({ rows: 90, gap, title: 'Minutes of a room' });
    const read = await cellsOf(inFolder(`gap-${gap}.pdf`, bytes));
    expect(read).toEqual([['Minutes of a room'], HEADER, ...rows]);
  });

  test.each([90, 180, 270] as const)('a page shown turned by %i°', async (rotate) => {
    const { bytes, rows } = await makePdf({ rows: 50, gap: 10, rotate });
    expect(await cellsOf(inFolder(`turned-${rotate}.pdf`, bytes))).toEqual([HEADER, ...rows]);
  });

  test.each([1, 2, 3])('a table of %i rows', async (count) => {
    const { bytes, rows } = await makePdf({ rows: count, gap: 14, seed: 3 });
    expect(await cellsOf(inFolder(`short-${count}.pdf`, bytes))).toEqual([HEADER, ...rows]);
  });

  test('each page is a table of its own name, rows counted from 1', async () => {
    const { bytes } = await makePdf({ rows: 90, gap: 10 });
    const opened = await openFile(inFolder('pages.pdf', bytes), { passwords: [] });
    if (!opened.ok || opened.value.content.kind !== 'table') throw new Error('not opened');
    const pages: [string, number | undefined, number][] = [];
    for await (const chunk of opened.value.content.chunks())
      pages.push([chunk.table, chunk.rows[0]?.row, chunk.rows.length]);
    expect(pages).toEqual([
      ['page 1', 1, 41],
      ['page 2', 1, 40],
      ['page 3', 1, 10],
    ]);
    await opened.value.close();
  });
});

describe.skipIf(lacksProgram('qpdf'))('encryption by qpdf', () => {
  test.each([
    ['pdf-r2', ['40']],
    ['pdf-r3', ['128', '--use-aes=n']],
    ['pdf-r4', ['128', '--use-aes=y']],
    ['pdf-r5', ['256', '--force-R5']],
    ['pdf-r6', ['256']],
  ])('%s opens with either password and no other', async (scheme, options) => {
    const { bytes, rows } = await makePdf({ rows: 20, gap: 10 });
    const plain = inFolder('plain.pdf', bytes);
    const path = join(folder, `${scheme}.pdf`);
    execFileSync('qpdf', [
      '--allow-weak-crypto',
      '--encrypt',
      'user pass',
      'owner!',
      ...options,
      '--',
      plain,
      path,
    ]);
    for (const password of ['user pass', 'owner!']) {
      const opened = await openFile(path, { passwords: ['wrong', password] });
      if (!opened.ok) throw new Error(opened.failure.detail);
      expect(opened.value.encrypted).toEqual({ scheme });
      await opened.value.close();
      expect(await cellsOf(path, [password])).toEqual([HEADER, ...rows]);
    }
    expect((await readBack(path, { passwords: ['userpass'] })).failure?.code).toBe('wrong_password');
    expect((await readBack(path)).failure?.code).toBe('password_missing');
  });

  test('a file with an owner password alone opens without one', async () => {
    const { bytes, rows } = await makePdf({ rows: 20, gap: 10 });
    const path = join(folder, 'owner-only.pdf');
    execFileSync('qpdf', ['--encrypt', '', 'owner', '256', '--', inFolder('plain.pdf', bytes), path]);
    expect(await cellsOf(path)).toEqual([HEADER, ...rows]);
  });

  test('object streams and linearised files', async () => {
    const { bytes, rows } = await makePdf({ rows: 60, gap: 10 });
    for (const options of [['--object-streams=generate'], ['--linearize'], ['--qdf']]) {
      const path = join(folder, 'rewritten.pdf');
      execFileSync('qpdf', [...options, inFolder('plain.pdf', bytes), path]);
      expect(await cellsOf(path)).toEqual([HEADER, ...rows]);
    }
  });
});

describe.skipIf(lacksProgram('soffice'))('tables by LibreOffice', () => {
  test('a wide sheet comes out exactly', async () => {
    const below = random(5);
    const rows = Array.from({ length: 120 }, (_, at) => [
      `2026-09-${String(1 + (at % 28)).padStart(2, '0')} 20:${String(at % 60).padStart(2, '0')}`,
      ...Array.from({ length: 5 }, () => String(below(9000) + 10)),
      `部门${at % 7}`,
    ]);
    const head = ['时间', '在线', '观看人数', '观看次数', '点赞', '评论', '部门'];
    const csv = inFolder('sheet.csv', Buffer.from([head, ...rows].map((row) => row.join(',')).join('\n')));
    // 44,34,76: comma, quote, UTF-8; column 1 as text, or it becomes a date in the reader's locale.
    const filter = '--infilter=CSV:44,34,76,1,1/2';
    const profile = `-env:UserInstallation=file://${folder}/office`;
    execFileSync('soffice', [profile, '--headless', filter, '--convert-to', 'pdf', '--outdir', folder, csv], {
      stdio: 'ignore',
    });
    const read = await cellsOf(join(folder, 'sheet.pdf'));
    // LibreOffice prints the name of the sheet above it.
    expect(read).toEqual([['sheet'], head, ...rows]);
  });
});

describe('hostile PDFs', () => {
  test('3 KB that unpack to half a gigabyte of text are refused', async () => {
    // One page whose content stream, deflated twice, draws the same line eight million times.
    const bomb = fileURLToPath(new URL('../../fixtures/formats/bomb.pdf', import.meta.url));
    expect((await readBack(bomb)).failure?.code).toBe('too_large');
  });

  test('a page tree that contains itself ends', async () => {
    const loop =
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 5>>endobj\ntrailer<</Root 1 0 R>>\n';
    const read = await readBack(inFolder('loop.pdf', Buffer.from(loop)));
    expect(['damaged', 'unsupported']).toContain(read.failure?.code);
  });

  const page =
    '3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>endobj\n';
  const catalog =
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n';
  const font = '5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n';
  const text =
    '4 0 obj<</Length 44>>stream\nBT /F 9 Tf 50 700 Td (minute) Tj ET /X Do      \nendstream endobj\n';
  const form =
    '6 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 5>>stream\n     \nendstream endobj\n';
  const file = (...objects: string[]): Buffer =>
    Buffer.from(`%PDF-1.5\n${objects.join('')}trailer<</Root 1 0 R>>\n`);
  test.each([
    [
      'a drawing that draws itself',
      file(
        catalog,
        page,
        font,
        text,
        form.replace('Length 5>>stream\n     ', 'Resources<</XObject<</X 6 0 R>>>>/Length 5>>stream\n/X Do'),
      ),
    ],
    ['a length that is its own stream', file(catalog, page, font, text.replace('44', '4 0 R'), form)],
    ['a page that is its own parent', file(catalog, page.replace('Parent 2', 'Parent 3'), font, text, form)],
    ['a page that is its own font', file(catalog, page.replace('F 5', 'F 3'), text, form)],
    [
      'a filter of filters',
      file(
        catalog,
        page,
        font,
        text.replace('<</Length', `<</Filter[${'/FlateDecode'.repeat(500)}]/Length`),
        form,
      ),
    ],
    [
      'an object stream that extends itself',
      file(
        catalog,
        page,
        font,
        text,
        form,
        '7 0 obj<</Type/ObjStm/N 1/First 4/Extends 7 0 R/Length 8>>stream\n8 0 (x) \nendstream endobj\n',
      ),
    ],
    [
      'an xref that comes before itself',
      Buffer.concat([
        file(catalog, page, font, text, form),
        Buffer.from('xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF'),
      ]),
    ],
  ])('%s ends in rows or one code', async (_, bytes) => {
    const { failure, rows } = await readBack(inFolder('loop.pdf', bytes));
    if (failure === null) expect(rows.map(({ cells }) => cells)).toEqual([['minute']]);
    else expect(['damaged', 'unsupported']).toContain(failure.code);
  });

  test('many pages', async () => {
    const { bytes, rows } = await makePdf({ rows: 600, rowsPerPage: 2, gap: 20 });
    const read = await readBack(inFolder('pages.pdf', bytes));
    expect(read.failure).toBeNull();
    expect(read.rows.map(({ cells }) => cells)).toEqual([HEADER, ...rows]);
  });

  test('a PDF without text is unsupported', async () => {
    const PDFDocument = (await import('pdfkit')).default;
    const document = new PDFDocument();
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => document.on('end', resolve));
    document.rect(10, 10, 50, 50).fill('red');
    document.end();
    await ended;
    expect((await readBack(inFolder('scan.pdf', Buffer.concat(chunks)))).failure?.code).toBe('unsupported');
  });
});

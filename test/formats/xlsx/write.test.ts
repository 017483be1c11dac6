import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, describe, expect, it } from 'vitest';
import type { SheetPlan, SheetRow } from '../../../formats/xlsx/sheet-plan.js';
import { StyleSheet } from '../../../formats/xlsx/styles.js';
import type { WorkbookPlan } from '../../../formats/xlsx/write.js';
import { writeWorkbook } from '../../../formats/xlsx/write.js';
import { lacksPython, runPython } from '../../external-tool.js';

const directory = mkdtempSync(join(tmpdir(), 'wxlive-write-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function written(sheets: WorkbookPlan['sheets'], options: Partial<WorkbookPlan> = {}): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const plan = { properties: { title: '测试', created: 0 }, styles: new StyleSheet(), sheets, ...options };
  for await (const part of writeWorkbook(plan)) parts.push(part);
  return Buffer.concat(parts);
}

function plain(cells: SheetRow['cells']): SheetRow {
  return { cells, styles: [] };
}

async function* batches(count: number, size: number): AsyncGenerator<readonly SheetRow[], void> {
  for (let first = 0; first < count; first += size) {
    yield await Promise.resolve(
      Array.from({ length: Math.min(size, count - first) }, (_, index) =>
        plain([`r${String(first + index)}`, first + index]),
      ),
    );
  }
}

async function readBack(bytes: Buffer): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  await workbook.xlsx.load(copy);
  return workbook;
}

const hostile = [
  '=1+1',
  '=HYPERLINK("http://x.example","点我")',
  "+cmd|' /C calc'!A0",
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '</t></is></c><c><f>1+1</f></c>',
  '<f>1</f>',
  ']]>&<"\'>',
  '_x003D_1+1',
  'http://evil.example',
  'a\u0000b\u0008c\u001b',
  '\ufffe\uffff',
  '{=1}',
  ' 两端空格 ',
  '第一行\n第二行',
  '😀𠮷',
];

describe('a workbook', () => {
  it('is read back by another library: texts, numbers, truth', async () => {
    const cells = ['直播', 1.5, -0, 1e21, 123_456_789_012_345, true, false, null, ''];
    const workbook = await readBack(
      await written([{ name: '数据', rows: [plain(cells)], columnWidths: [12] }]),
    );
    const row = workbook.getWorksheet('数据')?.getRow(1);
    expect(cells.map((_, index) => row?.getCell(index + 1).value)).toEqual([
      '直播',
      1.5,
      0,
      1e21,
      123_456_789_012_345,
      true,
      false,
      null,
      null,
    ]);
  });

  it('keeps every hostile text a text, in shared strings and in cells', async () => {
    // more different texts than the shared table takes push the last ones into the cells themselves
    const many = Array.from({ length: 20_050 }, (_, index) => plain([`t${String(index)}`]));
    for (const before of [[], many]) {
      const bytes = await written([{ name: 's', rows: [...before, plain(hostile)], columnWidths: [] }]);
      const row = (await readBack(bytes)).getWorksheet('s')?.getRow(before.length + 1);
      hostile.forEach((text, index) => {
        const cell = row?.getCell(index + 1);
        expect(cell?.formula).toBeUndefined();
        expect(cell?.hyperlink).toBeUndefined();
        expect(cell?.type).toBe(ExcelJS.ValueType.String);
        const escaped = typeof cell?.value === 'string' ? cell.value : '';
        const read = escaped.replaceAll(/_x([0-9A-F]{4})_/g, (_, code: string) =>
          String.fromCharCode(Number.parseInt(code, 16)),
        );
        // exceljs already undoes some of the escapes
        expect([read, escaped]).toContain(text);
      });
      expect(bytes.includes('hyperlink')).toBe(false);
    }
  });

  it.skipIf(lacksPython('openpyxl'))(
    'gives openpyxl strings for hostile texts, in names and titles too',
    async () => {
      const file = join(directory, 'hostile.xlsx');
      const sheets = hostile.map((text): SheetPlan => ({
        name: text,
        rows: [plain([text])],
        columnWidths: [],
        footer: { left: text, right: text },
      }));
      writeFileSync(file, await written(sheets, { properties: { title: hostile.join(' '), created: 0 } }));
      const types = runPython(
        `import openpyxl,json,sys
w=openpyxl.load_workbook(sys.argv[1])
print(json.dumps([[s['A1'].data_type, s['A1'].hyperlink is None, bool(s['A1'].quotePrefix)] for s in w]))`,
        file,
      );
      const quoted = [0, 1, 2, 3, 4, 5];
      expect(types).toEqual(hostile.map((_, index) => ['s', true, quoted.includes(index)]));
    },
  );

  it('continues on further sheets before the limit, with its header, filter and merged title again', async () => {
    const header: SheetRow[] = [plain(['标题', null]), plain(['名', '值'])];
    async function* rows(): AsyncGenerator<readonly SheetRow[], void> {
      yield header;
      yield* batches(25, 7);
      yield [plain(['合计', 300])];
    }
    const bytes = await written(
      [
        {
          name: '明细',
          rows: rows(),
          columnWidths: [10, 10],
          headerRows: 2,
          rowsBelow: 1,
          freeze: { rows: 2, columns: 0 },
          filter: { row: 1, firstColumn: 0, lastColumn: 1 },
          merges: [{ firstRow: 0, firstColumn: 0, lastRow: 0, lastColumn: 1 }],
        },
        { name: '明细 (2)', rows: [plain(['别的'])], columnWidths: [] },
      ],
      { maxSheetRows: 12 },
    );
    const workbook = await readBack(bytes);
    expect(workbook.worksheets.map(({ name }) => name)).toEqual(['明细', '明细 (3)', '明细 (4)', '明细 (2)']);
    const values = workbook.worksheets.slice(0, 3).flatMap((sheet) => {
      expect(sheet.rowCount).toBeLessThanOrEqual(12);
      expect(sheet.getCell('A2').value).toBe('名');
      expect(sheet.getCell('B1').master.address).toBe('A1');
      expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 2 });
      return sheet
        .getSheetValues()
        .slice(3)
        .map((row) => (Array.isArray(row) ? row[2] : null));
    });
    expect(values).toEqual([...Array.from({ length: 25 }, (_, index) => index), 300]);
    // the last sheet's filter ends above the total
    expect(workbook.worksheets.slice(0, 3).map(({ autoFilter }) => autoFilter)).toEqual([
      'A2:B12',
      'A2:B12',
      'A2:B7',
    ]);
  });

  it('fills a sheet to its last row and makes no empty one after it', async () => {
    const bytes = await written([{ name: 's', rows: batches(12, 5), columnWidths: [] }], {
      maxSheetRows: 12,
    });
    expect((await readBack(bytes)).worksheets).toHaveLength(1);
  });

  it('is the same bytes for the same rows, however they come in batches', async () => {
    const make = (size: number) => written([{ name: 's', rows: batches(30_000, size), columnWidths: [9] }]);
    const [first, second, third] = [await make(1000), await make(1000), await make(77)];
    expect(second.equals(first)).toBe(true);
    expect(third.equals(first)).toBe(true);
  });

  it('asks for rows only when their sheet is written, and lets go of them when nobody reads on', async () => {
    const log: string[] = [];
    async function* rows(name: string): AsyncGenerator<readonly SheetRow[], void> {
      log.push(`${name} begun`);
      try {
        for (;;) yield await Promise.resolve([plain([name.repeat(1000)])]);
      } finally {
        log.push(`${name} ended`);
      }
    }
    const late = (name: string) => ({
      name,
      open: () => Promise.resolve({ name, rows: rows(name), columnWidths: [] }),
    });
    const parts = writeWorkbook({
      properties: { title: '', created: 0 },
      styles: new StyleSheet(),
      sheets: [late('a'), late('b')],
    });
    for await (const part of parts) if (part.length > 20_000) break;
    expect(log).toEqual(['a begun', 'a ended']);
  });

  it('passes on what goes wrong in the rows', async () => {
    async function* rows(): AsyncGenerator<readonly SheetRow[], void> {
      yield* batches(3000, 1000);
      throw new Error('the database went away');
    }
    await expect(written([{ name: 's', rows: rows(), columnWidths: [] }])).rejects.toThrow(
      'the database went away',
    );
  });

  it('does not grow with its rows', async () => {
    const peak = async (count: number) => {
      let highest = 0;
      for await (const part of writeWorkbook({
        properties: { title: '', created: 0 },
        styles: new StyleSheet(),
        sheets: [{ name: 's', rows: batches(count, 1000), columnWidths: [] }],
      })) {
        highest = Math.max(
          highest,
          process.memoryUsage().external + process.memoryUsage().arrayBuffers,
          part.length,
        );
      }
      return highest;
    };
    await peak(20_000);
    const [small, large] = [await peak(40_000), await peak(400_000)];
    expect(large).toBeLessThan(small + 60_000_000);
  });
});

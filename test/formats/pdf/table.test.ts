import { describe, expect, it } from 'vitest';
import { PAGE_WIDTH, PdfDocument } from '../../../formats/pdf/document.js';
import { fitColumns } from '../../../formats/pdf/table-fit.js';
import { drawTable, type PdfTable, type TableLook } from '../../../formats/pdf/table.js';
import { collect, lacksPdfTools, pageTexts, qpdfCheck, words } from './poppler.js';

const LOOK: TableLook = {
  ink: '1F2933',
  headerInk: '0B5F59',
  headerFill: 'E3F1EF',
  rule: '0B5F59',
  stripe: 'F6F9F9',
  line: 'D5DEDD',
  bar: '8CC9C0',
  muted: '6B7785',
};
const MARGINS = { top: 60, bottom: 50, left: 40, right: 40 };

function open(): PdfDocument {
  return new PdfDocument({
    metadata: { title: 't', subject: '', creator: 'c', language: 'zh-CN', createdAt: 0 },
    margins: MARGINS,
    userPassword: null,
  });
}

function longTable(rows: number): PdfTable {
  return {
    columns: [
      { label: '商品名称', align: 'left', wraps: true },
      { label: '时刻', align: 'left', wraps: false },
      { label: '成交金额（元）', align: 'right', wraps: false },
    ],
    rows: Array.from({ length: rows }, (_, row) => [
      {
        text: `R${row}始${row % 3 === 0 ? '很长的商品名称需要换行显示'.repeat(1 + (row % 7)) : '短'}终E${row}`,
      },
      { text: '2026-09-10 20:00' },
      { text: `${row},234.50` },
    ]),
    totalRow: [{ text: '合计' }, { text: '' }, { text: '9,999,999.00' }],
    emptyNote: '没有数据',
  };
}

describe.skipIf(lacksPdfTools())('drawTable', () => {
  it('repeats its header on every page, cuts no row and keeps the total with the last row', async () => {
    const pdf = open();
    pdf.y = 300;
    drawTable(pdf, longTable(150), LOOK);
    const bytes = await collect(pdf.finish());
    expect(qpdfCheck(bytes)).toContain('No syntax');
    const pages = pageTexts(bytes);
    expect(pages.length).toBeGreaterThan(4);
    for (const page of pages) expect(page.split('商品名称').length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toContain('成交金额（元）');
    const all = words(bytes);
    const pageOf = (text: RegExp) => all.find((word) => text.test(word.text))?.page;
    for (let row = 0; row < 150; row++) {
      expect(pageOf(new RegExp(`^R${row}始`)), `row ${row}`).toBeDefined();
      expect(pageOf(new RegExp(`终E${row}$`)), `row ${row}`).toBe(pageOf(new RegExp(`^R${row}始`)));
    }
    expect(pageOf(/^9,999,999.00$/)).toBe(pageOf(/^R149始/));
    for (const word of all) expect(word.bottom).toBeLessThanOrEqual(842 - MARGINS.bottom + 2);
  });

  it('leaves no row alone on the last page', async () => {
    for (let rows = 36; rows < 48; rows++) {
      const pdf = open();
      const table = {
        ...longTable(0),
        rows: Array.from({ length: rows }, (_, row) => [{ text: `行${row}` }, { text: '-' }, { text: '1' }]),
      };
      drawTable(pdf, table, LOOK);
      const last = pageTexts(await collect(pdf.finish())).at(-1) ?? '';
      expect(last.match(/行\d+/g)?.length ?? 0, `${rows} rows`).toBeGreaterThan(1);
    }
  });

  it('writes all of a wide table: in smaller type, then in parts that repeat the first column', async () => {
    const wide = (columns: number): PdfTable => ({
      columns: Array.from({ length: columns }, (_, index) => ({
        label: index === 0 ? '部门' : `指标名称${index}`,
        align: index === 0 ? 'left' : 'right',
        wraps: index === 0,
      })),
      rows: [1, 2, 3].map((row) =>
        Array.from({ length: columns }, (_, index) => ({
          text: index === 0 ? `部门${row}` : `${row}${index},000,000.00`,
        })),
      ),
      emptyNote: '',
    });
    expect(fitColumns(wide(4), 515)).toHaveLength(1);
    const parts = fitColumns(wide(24), 515);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      expect(part.columns[0]).toBe(0);
      expect(part.widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(515, 0);
    }
    const pdf = open();
    drawTable(pdf, wide(24), LOOK);
    const bytes = await collect(pdf.finish());
    const text = words(bytes).map((word) => word.text);
    for (let column = 1; column < 24; column++) expect(text).toContain(`3${column},000,000.00`);
    for (const word of words(bytes)) expect(word.right).toBeLessThanOrEqual(PAGE_WIDTH - MARGINS.right + 0.5);
  });

  it('gives numbers and times their width before long text, and aligns numbers to the right', async () => {
    const pdf = open();
    drawTable(pdf, longTable(8), LOOK);
    const all = words(await collect(pdf.finish()));
    const rights = all.filter((word) => /^\d,234\.50$/.test(word.text)).map((word) => word.right);
    expect(rights).toHaveLength(8);
    expect(Math.max(...rights) - Math.min(...rights)).toBeLessThan(0.2);
    const day = all.filter((word) => word.text === '2026-09-10');
    const clock = all.filter((word) => word.text === '20:00');
    expect(day.map((word) => word.top.toFixed(1))).toEqual(clock.map((word) => word.top.toFixed(1)));
  });

  it('says so when there are no rows, and cuts a cell that would not fit a page', async () => {
    const empty = open();
    drawTable(empty, { ...longTable(0), totalRow: [] }, LOOK);
    expect(pageTexts(await collect(empty.finish()))[0]).toContain('没有数据');
    const huge = open();
    const rows = [[{ text: '字'.repeat(20_000) }, { text: '-' }, { text: '1' }]];
    drawTable(huge, { ...longTable(0), rows }, LOOK);
    expect(huge.pageCount).toBe(1);
    expect(pageTexts(await collect(huge.finish()))[0]).toContain('…');
  });
});

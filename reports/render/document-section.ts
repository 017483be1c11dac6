import {
  breakLines,
  chartHeight,
  drawChart,
  drawTable,
  tableHeadHeight,
  type PdfCell,
  type PdfDocument,
  type PdfTable,
  type TextStyle,
} from '../../formats/index.js';
import { cellText, headerText } from './cell-text.js';
import { categoriesLeftOut, documentChart } from './document-chart.js';
import { CHART_LOOK, LEADING, STYLES, TABLE_LOOK } from './document-look.js';
import { PALETTE } from './palette.js';
import type { ReportDocument, Section } from './report-document.js';
import {
  alignmentOf,
  isListed,
  rowBatches,
  type Cell,
  type TableCells,
  type TableColumn,
  type TableModel,
} from './table-model.js';
import { say } from './wording.js';

/** Rows a table shows on paper, and how many of a streamed detail: all of them are in the workbook. */
const MOST_ROWS = 300;
const MOST_DETAIL_ROWS = 40;

/** What all sections need of the report. */
type SectionContext = Pick<ReportDocument, 'language' | 'timeZone'>;

/** Sets running text over the width of the page, over pages if need be, and moves `y` below it. */
function drawParagraph(pdf: PdfDocument, text: string, style: TextStyle): void {
  const lines = breakLines(text, pdf.contentWidth, style.size, style.weight ?? 'regular');
  const height = style.size * LEADING;
  for (const line of lines) {
    pdf.ensure(height);
    pdf.text(line, pdf.margins.left, pdf.y + height / 2 + style.size * 0.36, style);
    pdf.y += height;
  }
}

/** Sets a section's heading, its bookmark and the target of the contents' link; keeps `below` points with it. */
function drawHeading(pdf: PdfDocument, title: string, target: string, below: number): void {
  pdf.ensure(34 + below);
  const { section } = STYLES;
  pdf.bookmark(title, pdf.y);
  pdf.target(target, pdf.y);
  const lines = breakLines(title, pdf.contentWidth - 14, section.size, section.weight);
  pdf.rect(pdf.margins.left, pdf.y + 3, 4, lines.length * 24 - 4, { fill: PALETTE.primary }, 2);
  for (const line of lines) {
    pdf.text(line, pdf.margins.left + 14, pdf.y + 18, section);
    pdf.y += 24;
  }
  pdf.y += 8;
}

/** Draws a section: heading, note, text, charts, tables. `onHeading` is called when the heading has its page. */
export async function drawSection(
  pdf: PdfDocument,
  section: Section,
  target: string,
  context: SectionContext,
  onHeading: () => void,
): Promise<void> {
  const charts = section.charts.map((chart) =>
    // the heading has said it
    documentChart(chart.title === section.title ? { ...chart, title: '' } : chart, context.timeZone),
  );
  const tables: { model: TableModel; shown: PdfTable; cut: boolean }[] = [];
  for (const model of section.tables) tables.push({ model, ...(await documentTable(model, context)) });
  const [firstChart] = charts;
  const [firstTable] = tables;
  // a heading never stands alone at the foot of a page
  const below =
    firstChart !== undefined
      ? chartHeight(firstChart, pdf)
      : firstTable !== undefined
        ? 24 + tableHeadHeight(pdf, firstTable.shown)
        : 40;
  const words = (section.text?.length ?? 0) > 0 || section.note !== undefined ? 40 : 0;
  drawHeading(pdf, section.title, target, Math.min(below + words, 420));
  onHeading();
  for (const paragraph of section.text ?? []) {
    drawParagraph(pdf, paragraph, STYLES.body);
    pdf.y += 4;
  }
  if (section.note !== undefined) {
    drawParagraph(pdf, section.note, STYLES.note);
    pdf.y += 6;
  } else if ((section.text ?? []).length > 0) pdf.y += 6;
  charts.forEach((chart, index) => {
    drawChart(pdf, chart, CHART_LOOK);
    const model = section.charts[index];
    const leftOut = model === undefined ? 0 : categoriesLeftOut(model);
    if (leftOut > 0)
      drawParagraph(pdf, say(context.language, 'barsLeftOut', { count: leftOut }), STYLES.note);
    pdf.y += 16;
  });
  for (const { model, shown, cut } of tables) {
    if (section.charts.length + section.tables.length > 1) pdf.ensure(24 + tableHeadHeight(pdf, shown));
    if (model.title !== '' && model.title !== section.title) drawTableTitle(pdf, model.title);
    drawTable(pdf, shown, TABLE_LOOK);
    pdf.y += 4;
    if (cut)
      drawParagraph(pdf, say(context.language, 'rowsLeftOut', { count: shown.rows.length }), STYLES.note);
    if (model.note !== undefined) drawParagraph(pdf, model.note, STYLES.note);
    pdf.y += 14;
  }
  pdf.y += 8;
}

function drawTableTitle(pdf: PdfDocument, title: string): void {
  const { tableTitle } = STYLES;
  pdf.bookmark(title, pdf.y, 1);
  for (const line of breakLines(title, pdf.contentWidth, tableTitle.size, tableTitle.weight)) {
    pdf.text(line, pdf.margins.left, pdf.y + 13, tableTitle);
    pdf.y += 18;
  }
  pdf.y += 3;
}

/** A table as a document shows it. A streamed one is read as far as it is shown. */
async function documentTable(
  table: TableModel,
  context: SectionContext,
): Promise<{ shown: PdfTable; cut: boolean }> {
  const rows: TableCells[] = [];
  const most = isListed(table) ? MOST_ROWS : MOST_DETAIL_ROWS;
  let cut = false;
  for await (const batch of rowBatches(table)) {
    rows.push(...batch.slice(0, most - rows.length + 1));
    cut = rows.length > most;
    if (cut) break;
  }
  rows.length = Math.min(rows.length, most);
  const largest = table.columns.map((column, index) =>
    column.emphasis === 'bar' ? rows.reduce((most, row) => Math.max(most, Number(row[index] ?? 0)), 0) : 0,
  );
  const cells = (row: TableCells) =>
    table.columns.map((column, index) =>
      documentCell(row[index] ?? null, column, largest[index] ?? 0, context.timeZone),
    );
  return {
    cut,
    shown: {
      columns: table.columns.map((column) => ({
        label: headerText(column, context.language),
        align: alignmentOf(column),
        wraps: column.kind === 'text',
      })),
      rows: rows.map(cells),
      ...(table.totalRow === undefined || rows.length === 0
        ? {}
        : { totalRow: cells(table.totalRow).map(({ text }) => ({ text })) }),
      emptyNote: table.emptyNote,
    },
  };
}

function documentCell(value: Cell, column: TableColumn, largest: number, timeZone: string): PdfCell {
  const text = cellText(value, column, timeZone);
  if (typeof value !== 'number') return value === null ? { text, color: PALETTE.muted } : { text };
  if (column.emphasis === 'change' && value !== 0) {
    return { text, color: value > 0 ? PALETTE.better : PALETTE.worse };
  }
  return column.emphasis === 'bar' && largest > 0 ? { text, bar: Math.max(0, value / largest) } : { text };
}

import type { PdfDocument, TextStyle } from './document.js';
import { balanceLines, breakLines } from './line-break.js';
import { CELL_PADDING, fitColumns, type TableFit } from './table-fit.js';

/** A column as it is drawn. */
export interface PdfColumn {
  readonly label: string;
  readonly align: 'left' | 'right';
  /** Whether a long cell may be broken into lines: text may, numbers and times may not. */
  readonly wraps: boolean;
}

/** A cell as it is drawn. */
export interface PdfCell {
  readonly text: string;
  /** RRGGBB; default: the look's ink. */
  readonly color?: string;
  /** A bar behind the text, as a fraction of the cell. */
  readonly bar?: number;
}

export interface PdfTable {
  readonly columns: readonly PdfColumn[];
  readonly rows: readonly (readonly PdfCell[])[];
  readonly totalRow?: readonly PdfCell[];
  /** Stands in place of rows when there are none. */
  readonly emptyNote: string;
}

/** Colours, RRGGBB. */
export interface TableLook {
  readonly ink: string;
  readonly headerInk: string;
  readonly headerFill: string;
  /** Above the total. */
  readonly rule: string;
  readonly stripe: string;
  readonly line: string;
  readonly bar: string;
  readonly muted: string;
}

const LINE_HEIGHT = 1.42;
/** A cell longer than this is cut with …: a row must fit a page. */
const MAX_CELL_LINES = 12;
const MAX_HEADER_LINES = 4;
/** What was measured to fit must not be broken by rounding. */
const ROUNDING = 0.05;

/**
 * Draws a table at the document's `y` and moves it below. Headers are repeated on every page, a row is never cut
 * between pages, the total stands with the last row. A table too wide for the page comes in parts that each repeat
 * the first column.
 */
export function drawTable(document: PdfDocument, table: PdfTable, look: TableLook): void {
  for (const [index, fit] of fitColumns(table, document.contentWidth).entries()) {
    if (index > 0) document.y += 12;
    drawPart(document, table, fit, look);
  }
}

/** Height of the header and the first rows, which belong together: ask before a title is set above. */
export function tableHeadHeight(document: PdfDocument, table: PdfTable): number {
  const [fit] = fitColumns(table, document.contentWidth);
  if (fit === undefined) return 0;
  const rows = table.rows.slice(0, 2).map((row) => layRow(row, fit));
  return layHeader(table, fit).height + rows.reduce((sum, row) => sum + row.height, 0);
}

interface LaidRow {
  readonly height: number;
  readonly cells: readonly { readonly lines: readonly string[]; readonly cell: PdfCell }[];
}

function layHeader(table: PdfTable, fit: TableFit): LaidRow {
  let most = 1;
  const cells = fit.columns.map((column, index) => {
    const text = table.columns[column]?.label ?? '';
    const room = (fit.widths[index] ?? 0) - 2 * CELL_PADDING.x + ROUNDING;
    const lines = balanceLines(text, room, fit.size, 'bold', MAX_HEADER_LINES);
    most = Math.max(most, lines.length);
    return { lines, cell: { text } };
  });
  return { height: most * fit.size * LINE_HEIGHT + 2 * CELL_PADDING.y, cells };
}

function layRow(row: readonly PdfCell[], fit: TableFit, weight: 'regular' | 'bold' = 'regular'): LaidRow {
  const cells = fit.columns.map((column) => row[column] ?? { text: '' });
  return layCells(cells, fit, weight);
}

function layCells(cells: readonly PdfCell[], fit: TableFit, weight: 'regular' | 'bold'): LaidRow {
  let most = 1;
  const laid = cells.map((cell, index) => {
    const room = (fit.widths[index] ?? 0) - 2 * CELL_PADDING.x + ROUNDING;
    const lines = breakLines(cell.text, room, fit.size, weight, MAX_CELL_LINES);
    most = Math.max(most, lines.length);
    return { lines, cell };
  });
  return { height: most * fit.size * LINE_HEIGHT + 2 * CELL_PADDING.y, cells: laid };
}

function drawPart(document: PdfDocument, table: PdfTable, fit: TableFit, look: TableLook): void {
  const header = layHeader(table, fit);
  const rows = table.rows.map((row) => layRow(row, fit));
  const total = table.totalRow === undefined ? undefined : layRow(table.totalRow, fit, 'bold');
  const draw = (row: LaidRow, style: TextStyle, fill: string | null) => {
    drawRow(document, row, table, fit, style, fill, look);
  };
  const drawHeader = () => {
    draw(header, { size: fit.size, weight: 'bold', color: look.headerInk }, look.headerFill);
  };
  const plain = { size: fit.size, color: look.ink };
  document.ensure(header.height + (rows[0]?.height ?? 30) + (rows.length < 2 ? (total?.height ?? 0) : 0));
  drawHeader();
  if (rows.length === 0) drawEmpty(document, table, fit, look);
  rows.forEach((row, index) => {
    // the last row stays with the one before and with the total
    const rest = rows.length - 1 - index;
    const below = (rest === 1 ? (rows[index + 1]?.height ?? 0) : 0) + (rest < 2 ? (total?.height ?? 0) : 0);
    if (document.ensure(row.height + below)) drawHeader();
    draw(row, plain, index % 2 === 1 ? look.stripe : null);
  });
  if (total !== undefined) {
    if (document.ensure(total.height)) drawHeader();
    const top = document.y;
    draw(total, { ...plain, weight: 'bold' }, look.stripe);
    rule(document, fit, top, look.rule, 0.9);
  }
  rule(document, fit, document.y, look.line, 0.6);
}

function drawEmpty(document: PdfDocument, table: PdfTable, fit: TableFit, look: TableLook): void {
  const height = fit.size * LINE_HEIGHT + 4 * CELL_PADDING.y;
  document.text(
    table.emptyNote,
    document.margins.left + CELL_PADDING.x,
    document.y + height / 2 + fit.size * 0.36,
    {
      size: fit.size,
      color: look.muted,
    },
  );
  document.y += height;
}

function drawRow(
  document: PdfDocument,
  row: LaidRow,
  table: PdfTable,
  fit: TableFit,
  style: TextStyle,
  fill: string | null,
  look: TableLook,
): void {
  let x = document.margins.left;
  const top = document.y;
  const tableWidth = fit.widths.reduce((sum, width) => sum + width, 0);
  if (fill !== null) document.rect(x, top, tableWidth, row.height, { fill });
  row.cells.forEach(({ lines, cell }, index) => {
    const width = fit.widths[index] ?? 0;
    const alignment = table.columns[fit.columns[index] ?? 0]?.align ?? 'left';
    if (cell.bar !== undefined && cell.bar > 0) {
      document.rect(
        x + 2,
        top + 2,
        (width - 4) * Math.min(1, cell.bar),
        row.height - 4,
        { fill: look.bar, opacity: 0.45 },
        1.5,
      );
    }
    lines.forEach((line, lineIndex) => {
      const baseline = top + CELL_PADDING.y + fit.size * LINE_HEIGHT * (lineIndex + 0.5) + fit.size * 0.36;
      const edge = alignment === 'left' ? x + CELL_PADDING.x : x + width - CELL_PADDING.x;
      document.text(
        line,
        edge,
        baseline,
        cell.color === undefined ? style : { ...style, color: cell.color },
        alignment,
      );
    });
    x += width;
  });
  document.y += row.height;
}

function rule(document: PdfDocument, fit: TableFit, y: number, color: string, strokeWidth: number): void {
  const width = fit.widths.reduce((sum, each) => sum + each, 0);
  document.line(document.margins.left, y, document.margins.left + width, y, { stroke: color, strokeWidth });
}

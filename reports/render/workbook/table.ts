import type { Condition, SheetRow, StyleId } from '../../../formats/index.js';
import { textWidth } from '../../../formats/index.js';
import { cellText, headerText } from '../cell-text.js';
import { PALETTE } from '../palette.js';
import type { ReportDocument } from '../report-document.js';
import type { TableCells, TableColumn, TableModel } from '../table-model.js';
import { isListed } from '../table-model.js';
import type { Looks } from './looks.js';
import { sheetValueOf } from './values.js';

const MIN_WIDTH = 9;
const MAX_WIDTH = 44;
const STREAMED_WIDTH = 15;
/** Room for the arrow of a filter and the cell's padding. */
const HEADER_ROOM = 4;
const CELL_ROOM = 3;
/** A workbook shows seconds where texts do not. */
const INSTANT_WIDTH = 19;
export const ROW_POINTS = 18;
export const LINE_POINTS = 16.5;

/** How a table's columns stand on a sheet. */
export interface SheetTable {
  readonly columnWidths: readonly number[];
  header(): SheetRow;
  rows(cells: readonly TableCells[]): readonly SheetRow[];
  total(cells: TableCells): SheetRow;
  /** Bars and changes, for rows `firstRow` to `lastRow` of a sheet where the table starts in the first column. */
  conditions(firstRow: number, lastRow: number): readonly Condition[];
}

/** Lays out a table; `sample` are the rows the widths are measured by. */
export function layOutTable(
  table: TableModel,
  sample: readonly TableCells[],
  document: Pick<ReportDocument, 'language' | 'timeZone'>,
  looks: Looks,
): SheetTable {
  const { columns } = table;
  const labels = columns.map((column) => headerText(column, document.language));
  const columnWidths = columns.map((column, index) =>
    columnWidth(column, labels[index] ?? '', index, table, sample, document.timeZone),
  );
  const wraps = columns.map(
    (column, index) =>
      column.kind === 'text' &&
      sample.some((cells) => linesOf(cells[index], columnWidths[index] ?? MIN_WIDTH) > 1),
  );
  const values = columns.map((column) => sheetValueOf(column.kind, document.timeZone));
  const cellStyles: readonly StyleId[] = columns.map((column, index) =>
    looks.cell(column, wraps[index] ?? false),
  );
  const toSheet = (cells: TableCells) => values.map((value, index) => value(cells[index] ?? null));
  const anyWraps = wraps.includes(true);

  const row = (cells: TableCells): SheetRow => {
    const lines = anyWraps
      ? Math.max(
          ...columns.map((_, index) =>
            wraps[index] === true ? linesOf(cells[index], columnWidths[index] ?? MIN_WIDTH) : 1,
          ),
        )
      : 1;
    // 409 points is as high as a row can be
    return {
      cells: toSheet(cells),
      styles: cellStyles,
      height: lines === 1 ? ROW_POINTS : Math.min(409, lines * LINE_POINTS + 2),
    };
  };
  return {
    columnWidths,
    header: () => ({
      cells: labels,
      styles: columns.map((column) => looks.header(column)),
      height:
        22 +
        LINE_POINTS *
          (Math.max(
            1,
            ...labels.map((label, index) =>
              linesOf(label, (columnWidths[index] ?? MIN_WIDTH) - HEADER_ROOM + CELL_ROOM),
            ),
          ) -
            1),
    }),
    rows: (cells) => cells.map(row),
    total: (cells) => ({
      cells: toSheet(cells),
      styles: columns.map((column) => looks.total(column)),
      height: 20,
    }),
    conditions: (firstRow, lastRow) =>
      columns.flatMap((column, index): readonly Condition[] => {
        const range = { firstRow, lastRow, firstColumn: index, lastColumn: index };
        if (column.emphasis === 'bar') return [{ kind: 'bar', range, color: PALETTE.bar }];
        if (column.emphasis === 'change')
          return [{ kind: 'sign', range, above: looks.rises, below: looks.falls }];
        return [];
      }),
  };
}

function columnWidth(
  column: TableColumn,
  label: string,
  index: number,
  table: TableModel,
  sample: readonly TableCells[],
  timeZone: string,
): number {
  const cells = [...sample, ...(table.totalRow === undefined ? [] : [table.totalRow])];
  const widest = cells.reduce((width, row) => {
    const cell = row[index] ?? null;
    if (column.kind === 'instant' && typeof cell === 'number') return Math.max(width, INSTANT_WIDTH);
    const lines = cellText(cell, column, timeZone).split('\n');
    return Math.max(width, ...lines.map(textWidth));
  }, 0);
  const wanted = Math.max(widest + CELL_ROOM, textWidth(label) + HEADER_ROOM, column.widthHint ?? 0);
  // rows that come later may hold larger figures than the sample, and a figure too wide is shown as ####
  const least = isListed(table) || column.kind === 'text' ? MIN_WIDTH : STREAMED_WIDTH;
  return Math.min(MAX_WIDTH, Math.max(least, wanted));
}

/** Lines a text takes in a column of a width. */
export function linesOf(cell: string | number | null | undefined, width: number): number {
  if (typeof cell !== 'string') return 1;
  const room = Math.max(1, width - 1);
  return cell.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(textWidth(line) / room)), 0);
}

/** The widest of each column over several tables. */
export function widestOf(tables: readonly (readonly number[])[]): readonly number[] {
  const columns = Math.max(0, ...tables.map((widths) => widths.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...tables.map((widths) => widths[column] ?? 0)),
  );
}

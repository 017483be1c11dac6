import type { SheetPlan, SheetRow } from '../../../formats/index.js';
import type { ReportDocument } from '../report-document.js';
import type { TableCells, TableModel } from '../table-model.js';
import { rowBatches } from '../table-model.js';
import { SheetCanvas } from './canvas.js';
import { bandEnd, footerOf, stampWidth, titleRows } from './frame.js';
import type { Looks } from './looks.js';
import { layOutTable } from './table.js';

/** Rows by which the columns of a streamed table are measured; the stream's first batch may hold fewer. */
const SAMPLE_ROWS = 1000;

/** The sheet of one long table: title, stamp, header, rows as they come. */
export async function detailSheet(
  document: ReportDocument,
  table: TableModel,
  name: string,
  looks: Looks,
): Promise<SheetPlan> {
  const source = await peekBatches(rowBatches(table));
  const layout = layOutTable(table, source.sample.slice(0, SAMPLE_ROWS), document, looks);
  const canvas = new SheetCanvas();
  const lastColumn = table.columns.length - 1;
  const bandLast = bandEnd(layout.columnWidths, Math.max(1, lastColumn), stampWidth(document));
  titleRows(canvas, document, table.title, bandLast, looks);
  const headerRow = canvas.rowCount;
  canvas.append([layout.header()]);
  const below: readonly SheetRow[] = table.totalRow === undefined ? [] : [layout.total(table.totalRow)];
  const empty: SheetRow = { cells: [table.emptyNote], styles: [looks.empty] };
  const rows = async function* (): AsyncGenerator<readonly SheetRow[], void> {
    yield canvas.rows();
    let count = 0;
    for await (const batch of source.rows) {
      count += batch.length;
      yield layout.rows(batch);
    }
    yield count === 0 ? [empty] : below;
  };
  return {
    name,
    rows: rows(),
    columnWidths: layout.columnWidths,
    merges: canvas.merges,
    conditions: layout.conditions(headerRow + 1, Infinity),
    freeze: { rows: headerRow + 1, columns: 0 },
    headerRows: headerRow + 1,
    filter: { row: headerRow, firstColumn: 0, lastColumn },
    rowsBelow: below.length,
    gridLines: false,
    landscape: true,
    footer: footerOf(document),
  };
}

/** The first batch of a stream, and the stream as if nobody had looked. */
export async function peekBatches(
  stream: AsyncIterable<readonly TableCells[]>,
): Promise<{ readonly sample: readonly TableCells[]; readonly rows: AsyncIterable<readonly TableCells[]> }> {
  const iterator = stream[Symbol.asyncIterator]();
  const first = await iterator.next();
  const rows = async function* (): AsyncGenerator<readonly TableCells[], void> {
    try {
      for (let step = first; step.done !== true; step = await iterator.next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { sample: first.done === true ? [] : first.value, rows: rows() };
}

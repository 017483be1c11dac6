import { writeWorkbook, type SheetPlan, type SheetRow } from '../../formats/index.js';
import type { Language } from '../../schemas/index.js';
import { rowBatches, type TableModel } from '../render/table-model.js';
import { peekBatches } from '../render/workbook/detail.js';
import { Looks } from '../render/workbook/looks.js';
import { layOutTable } from '../render/workbook/table.js';
import { say } from '../render/wording.js';

export interface TableWorkbookOptions {
  readonly title: string;
  readonly language: Language;
  readonly timeZone: string;
  /** UTC ms: when the data left. */
  readonly createdMs: number;
  /** Most rows of a sheet before it is continued on another; default what Excel can hold. */
  readonly maxSheetRows?: number;
}

/** Rows by which the columns of a streamed table are measured. */
const SAMPLE_ROWS = 1000;

/**
 * Tables as a workbook for people, a sheet each: the header is the first row, figures are numbers and dates with
 * formats. A streamed table is read once, in memory that does not grow, and continues on further sheets.
 */
export async function* renderTableWorkbook(
  tables: readonly TableModel[],
  options: TableWorkbookOptions,
): AsyncGenerator<Uint8Array> {
  const looks = new Looks();
  const sheets: SheetPlan[] = [];
  for (const table of tables) sheets.push(await tableSheet(table, options, looks));
  yield* writeWorkbook({
    properties: { title: options.title, subject: options.title, created: options.createdMs },
    styles: looks.sheet,
    sheets,
    cutMark: say(options.language, 'cutText'),
    ...(options.maxSheetRows === undefined ? {} : { maxSheetRows: options.maxSheetRows }),
  });
}

async function tableSheet(
  table: TableModel,
  options: TableWorkbookOptions,
  looks: Looks,
): Promise<SheetPlan> {
  const source = await peekBatches(rowBatches(table));
  const layout = layOutTable(table, source.sample.slice(0, SAMPLE_ROWS), options, looks);
  const below: readonly SheetRow[] = table.totalRow === undefined ? [] : [layout.total(table.totalRow)];
  const empty: SheetRow = { cells: [table.emptyNote], styles: [looks.empty] };
  const rows = async function* (): AsyncGenerator<readonly SheetRow[], void> {
    yield [layout.header()];
    let count = 0;
    for await (const batch of source.rows) {
      count += batch.length;
      yield layout.rows(batch);
    }
    yield count === 0 ? [empty] : below;
  };
  return {
    name: table.title,
    rows: rows(),
    columnWidths: layout.columnWidths,
    conditions: layout.conditions(1, Infinity),
    freeze: { rows: 1, columns: 0 },
    headerRows: 1,
    filter: { row: 0, firstColumn: 0, lastColumn: table.columns.length - 1 },
    rowsBelow: below.length,
  };
}

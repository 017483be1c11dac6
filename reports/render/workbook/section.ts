import type { Condition, NativeChart, SheetPlan } from '../../../formats/index.js';
import type { ReportDocument, Section } from '../report-document.js';
import type { ListedTable, TableModel } from '../table-model.js';
import { isListed } from '../table-model.js';
import { say } from '../wording.js';
import { SheetCanvas } from './canvas.js';
import type { ChartData } from './charts.js';
import { chartHeight, chartWidth, isDrawn } from './charts.js';
import { TITLE_ROWS, bandEnd, footerOf, noteRow, stampWidth, titleRows } from './frame.js';
import { appendHeatmap } from './heatmap.js';
import type { Looks } from './looks.js';
import type { SheetTable } from './table.js';
import { layOutTable, widestOf } from './table.js';

/** A listed table longer than this has a sheet of its own when it does not stand alone. */
const LONG_TABLE_ROWS = 100;
/** Fewer rows need no filter. */
const FILTER_ROWS = 5;
/** Titles and notes are at least so wide, over the columns beside the tables if need be. */
const LEAST_WIDTH = 60;
const GAP_WIDTH = 3;
const CHART_GAP_ROWS = 2;
const ROW_PIXELS = 22;

/** Whether a table has a sheet of its own. */
export function standsAlone(table: TableModel, section: Section): boolean {
  return !isListed(table) || (table.rows.length > LONG_TABLE_ROWS && section.tables.length > 1);
}

/** Where a table came to stand. */
interface PlacedTable {
  readonly headerRow: number;
  readonly lastRow: number;
  readonly columns: number;
}

/**
 * The sheet of a section: its tables below each other, its charts beside them. Tables in `detailNames` have sheets of
 * their own and are only named. Without `chartData` there are no charts.
 */
export function sectionSheet(
  document: ReportDocument,
  section: Section,
  name: string,
  detailNames: ReadonlyMap<TableModel, string>,
  looks: Looks,
  chartData: ChartData | null,
): SheetPlan {
  const tables = section.tables
    .filter(isListed)
    .filter((table) => !detailNames.has(table))
    .map((table) => ({ table, layout: layOutTable(table, table.rows, document, looks) }));
  const widths = widestOf(tables.map(({ layout }) => layout.columnWidths));
  const columnWidths = [...widths, GAP_WIDTH];
  const leastWidth = Math.max(LEAST_WIDTH, stampWidth(document));
  const lastColumn = bandEnd(columnWidths, Math.max(0, widths.length - 1), leastWidth);
  const wholeWidth = Math.max(
    leastWidth,
    widths.reduce((sum, width) => sum + width, 0),
  );
  const canvas = new SheetCanvas();
  const note = (text: string) => {
    noteRow(canvas, text, lastColumn, wholeWidth, looks);
  };

  titleRows(canvas, document, section.title, lastColumn, looks);
  [...(section.text ?? []), ...(section.note === undefined ? [] : [section.note])].forEach(note);
  const firstTableRow = canvas.rowCount;
  const conditions: Condition[] = [];
  const placed = tables.map(({ table, layout }) => {
    const place = appendTable(
      canvas,
      table,
      layout,
      tables.length > 1 || table.title !== section.title,
      looks,
    );
    if (table.rows.length > 0) conditions.push(...layout.conditions(place.headerRow + 1, place.lastRow));
    if (table.note !== undefined) note(table.note);
    return place;
  });
  for (const [table, sheet] of detailNames)
    note(`${table.title}: ${say(document.language, 'seeDetail', { sheet })}`);
  for (const chart of section.charts) {
    if (chart.kind === 'heatmap') conditions.push(appendHeatmap(canvas, chart, document, looks));
  }
  const corner =
    tables.length === 0
      ? { row: canvas.rowCount + 1, column: 0 }
      : { row: firstTableRow, column: widths.length + 1 };
  return {
    name,
    rows: canvas.rows(),
    columnWidths,
    merges: canvas.merges,
    conditions,
    charts: chartData === null ? [] : placeCharts(section, chartData, corner),
    ...headersOf(placed, canvas.rowCount),
    gridLines: false,
    landscape: true,
    footer: footerOf(document),
  };
}

function appendTable(
  canvas: SheetCanvas,
  table: ListedTable,
  layout: SheetTable,
  titled: boolean,
  looks: Looks,
): PlacedTable {
  if (canvas.rowCount > TITLE_ROWS) canvas.put(canvas.rowCount, 0, null, 0);
  if (titled) {
    canvas.put(canvas.rowCount, 0, table.title, looks.tableTitle);
    canvas.height(canvas.rowCount - 1, 22);
  }
  const headerRow = canvas.rowCount;
  canvas.append([layout.header(), ...layout.rows(table.rows)]);
  const lastRow = canvas.rowCount - 1;
  const columns = table.columns.length;
  if (table.rows.length === 0)
    canvas.band(canvas.rowCount, 0, Math.max(0, columns - 1), table.emptyNote, looks.empty);
  else if (table.totalRow !== undefined) canvas.append([layout.total(table.totalRow)]);
  return { headerRow, lastRow, columns };
}

/** The header of a lone table stays while its rows scroll; of several tables the longest gets the one filter. */
function headersOf(
  placed: readonly PlacedTable[],
  rowCount: number,
): Pick<SheetPlan, 'freeze' | 'headerRows' | 'filter' | 'rowsBelow'> {
  const [first, ...others] = placed;
  const rowsOf = (place: PlacedTable) => place.lastRow - place.headerRow;
  const longest = [...placed].sort((a, b) => rowsOf(b) - rowsOf(a))[0];
  const lone = first !== undefined && others.length === 0 ? first.headerRow + 1 : null;
  return {
    freeze: { rows: lone ?? TITLE_ROWS, columns: 0 },
    ...(lone === null ? {} : { headerRows: lone }),
    ...(longest === undefined || rowsOf(longest) < FILTER_ROWS
      ? {}
      : {
          filter: { row: longest.headerRow, firstColumn: 0, lastColumn: longest.columns - 1 },
          rowsBelow: rowCount - 1 - longest.lastRow,
        }),
  };
}

/** Charts below each other from a corner on. */
function placeCharts(
  section: Section,
  chartData: ChartData,
  corner: { readonly row: number; readonly column: number },
): readonly NativeChart[] {
  let { row } = corner;
  return section.charts.filter(isDrawn).map((chart) => {
    const heightPixels = chartHeight(chart);
    const place = { row, column: corner.column, widthPixels: chartWidth(chart), heightPixels };
    row += Math.ceil(heightPixels / ROW_PIXELS) + CHART_GAP_ROWS;
    return chartData.add(chart, place);
  });
}

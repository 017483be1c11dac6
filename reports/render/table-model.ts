/**
 * The neutral table every output (workbook, document, CSV, terminal) is made from. A cell carries the bare value
 * in the unit its column's kind names; how it is shown is the output's affair (`cell-text.ts` for text outputs).
 */

/**
 * What a column holds:
 * - `text` a string;
 * - `integer`, `decimal` a number;
 * - `percent` a fraction (0–1 for shares; may be negative or above 1 for changes);
 * - `money_fen` whole fen, shown in 元 with two decimals;
 * - `duration_seconds` seconds;
 * - `instant` UTC milliseconds, shown in the document's time zone;
 * - `day` the text `YYYY-MM-DD`, a calendar day in the document's time zone.
 */
export const COLUMN_KINDS = [
  'text',
  'integer',
  'decimal',
  'percent',
  'money_fen',
  'duration_seconds',
  'instant',
  'day',
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** A bare value; `null` is a figure that is not known (never zero). */
export type Cell = string | number | null;

/** The cells of one row, in the order of the table's columns. */
export type TableCells = readonly Cell[];

export interface TableColumn {
  /** snake_case, unique in the table: `gmv_fen`. */
  readonly key: string;
  /** What people read above the column, in the document's language. */
  readonly label: string;
  readonly kind: ColumnKind;
  /** Default: text, days and instants to the left, everything else to the right. */
  readonly align?: 'left' | 'right';
  /** Wanted width in half-width characters (a hanzi takes two); default: measured from the cells. */
  readonly widthHint?: number;
  /** The entry of the metric dictionary that defines it. */
  readonly metricId?: string;
  /**
   * `bar`: a bar in the cell shows the size beside its neighbours; `change`: a fraction against an earlier figure,
   * shown with a sign, rises and falls told apart.
   */
  readonly emphasis?: 'bar' | 'change';
  /** Digits after the point of a `decimal` (default 2) or a `percent` (default 1). */
  readonly decimals?: number;
  /** A probability: what is above 0 and rounds to 0 is shown as below the last digit, `< 0.0001`. */
  readonly isProbability?: boolean;
}

export interface TableModel {
  readonly title: string;
  readonly columns: readonly TableColumn[];
  /** All rows, or batches of rows as they come from the warehouse: a streamed detail table, readable once. */
  readonly rows: readonly TableCells[] | AsyncIterable<readonly TableCells[]>;
  /** The line below the rows; its first cell is usually the word 合计. */
  readonly totalRow?: TableCells;
  /** Stands in place of rows when there are none. */
  readonly emptyNote: string;
  /** A line of explanation below the table. */
  readonly note?: string;
}

/** A table whose rows are all in memory. */
export type ListedTable = TableModel & { readonly rows: readonly TableCells[] };

/** Whether all rows are in memory (false: a streamed detail table). */
export function isListed(table: TableModel): table is ListedTable {
  return !(Symbol.asyncIterator in table.rows);
}

const LEFT_KINDS: readonly ColumnKind[] = ['text', 'day', 'instant'];

/** The side a column's cells stand on. */
export function alignmentOf(column: TableColumn): 'left' | 'right' {
  return column.align ?? (LEFT_KINDS.includes(column.kind) ? 'left' : 'right');
}

/** The rows in batches, whichever way the table holds them. */
export async function* rowBatches(table: TableModel): AsyncIterable<readonly TableCells[]> {
  const { rows } = table;
  if (Symbol.asyncIterator in rows) yield* rows;
  else yield rows;
}

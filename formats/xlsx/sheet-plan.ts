import type { NativeChart } from './charts.js';
import type { StyleId } from './styles.js';
import type { CellRange } from './write-text.js';

/** A value as it goes into a cell: text is always text, never a formula; dates are serials (`excel-date.ts`). */
export type SheetCell = string | number | boolean | null;

/** One row; cells beyond `styles` have none. */
export interface SheetRow {
  readonly cells: readonly SheetCell[];
  readonly styles: readonly StyleId[];
  /** Points; default: as high as the text. */
  readonly height?: number;
}

/** One sheet. Rows and columns are counted from 0. */
export interface SheetPlan {
  /** Made legal and unique by the writer; names from `SheetNames` stay as they are. */
  readonly name: string;
  readonly rows: readonly SheetRow[] | AsyncIterable<readonly SheetRow[]>;
  /** Widths in half-width characters, from the first column. */
  readonly columnWidths: readonly number[];
  /** Rows and columns that stay while the rest scrolls. */
  readonly freeze?: { readonly rows: number; readonly columns: number };
  /** The first so many rows are repeated on every further sheet when the rows outgrow one, and on printed pages. */
  readonly headerRows?: number;
  /** A filter over the columns from this header row down to the last row of data. */
  readonly filter?: { readonly row: number; readonly firstColumn: number; readonly lastColumn: number };
  /** How many rows at the very end are no data (a total, a note): no filter and no open-ended condition covers them. */
  readonly rowsBelow?: number;
  readonly merges?: readonly CellRange[];
  readonly conditions?: readonly Condition[];
  readonly charts?: readonly NativeChart[];
  /** RRGGBB. */
  readonly tabColor?: string;
  readonly gridLines?: boolean;
  /** At the foot of printed pages. */
  readonly footer?: { readonly left: string; readonly right: string };
  readonly landscape?: boolean;
}

/** A look that depends on the value; a range whose `lastRow` is Infinity ends at the last row of data. */
export type Condition =
  | { readonly kind: 'bar'; readonly range: CellRange; readonly color: string }
  | { readonly kind: 'scale'; readonly range: CellRange; readonly low: string; readonly high: string }
  | {
      readonly kind: 'sign';
      readonly range: CellRange;
      /** Overlays (`StyleSheet.overlay`) for values above and below zero. */
      readonly above: number;
      readonly below: number;
    };

/** A sheet that is planned only when its turn comes: its rows are then asked for, not before. */
export interface LateSheet {
  readonly name: string;
  open(): Promise<SheetPlan>;
}

import { XLSX_LIMITS } from '../limits.js';
import { FormatError, type CellValue } from '../table.js';
import { parseReference } from './cells.js';

interface Range {
  readonly firstRow: number;
  readonly lastRow: number;
  /** From 0. */
  readonly firstColumn: number;
  readonly lastColumn: number;
}

/** More ranges than columns in one row overlap, which no spreadsheet program allows. */
const rangesInRow = XLSX_LIMITS.columns;

/**
 * The merged cells of a sheet. Only the top left one of a range shows its value; what the file may hold in the
 * others is no part of the table.
 */
export class MergedRanges {
  readonly #ranges: Range[] = [];
  #next = 0;
  #active: Range[] = [];
  #sorted = true;

  /** Adds a range such as `A1:C2`; throws a `FormatError` for what is none. */
  add(reference: string): void {
    if (this.#ranges.length >= XLSX_LIMITS.mergedRanges) {
      throw new FormatError({ code: 'too_large', detail: 'a sheet has too many merged cells' });
    }
    const [first, last = first] = reference.split(':', 2).map(parseReference);
    if (first === undefined || first === null || last === undefined || last === null) {
      throw new FormatError({ code: 'damaged', detail: 'a merged range is unreadable' });
    }
    this.#ranges.push({
      firstRow: Math.min(first.row, last.row),
      lastRow: Math.max(first.row, last.row),
      firstColumn: Math.min(first.column, last.column),
      lastColumn: Math.max(first.column, last.column),
    });
    this.#sorted = false;
  }

  /** Empties what is covered in a row. Rows come in ascending order. */
  clear(row: number, cells: CellValue[]): void {
    if (this.#ranges.length === 0) return;
    this.#advance(row);
    for (const range of this.#active) {
      const keepsFirst = range.firstRow === row ? 1 : 0;
      const end = Math.min(range.lastColumn + 1, cells.length);
      for (let column = range.firstColumn + keepsFirst; column < end; column += 1) cells[column] = null;
    }
  }

  #advance(row: number): void {
    if (!this.#sorted) {
      this.#ranges.sort((one, other) => one.firstRow - other.firstRow);
      this.#sorted = true;
    }
    if (this.#active.some((range) => range.lastRow < row)) {
      this.#active = this.#active.filter((range) => range.lastRow >= row);
    }
    for (let range = this.#ranges[this.#next]; range !== undefined && range.firstRow <= row;) {
      if (range.lastRow >= row) this.#active.push(range);
      if (this.#active.length > rangesInRow) {
        throw new FormatError({ code: 'damaged', detail: 'merged ranges of a sheet overlap' });
      }
      this.#next += 1;
      range = this.#ranges[this.#next];
    }
  }
}

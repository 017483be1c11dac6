import type { CellRange, SheetCell, SheetRow, StyleId } from '../../../formats/index.js';

interface Line {
  readonly cells: SheetCell[];
  readonly styles: StyleId[];
  height: number | undefined;
}

/** A sheet laid out cell by cell, for the parts that are designed rather than listed. Counted from 0. */
export class SheetCanvas {
  readonly merges: CellRange[] = [];
  readonly #lines: Line[] = [];

  /** Rows laid out so far: the next free row. */
  get rowCount(): number {
    return this.#lines.length;
  }

  put(row: number, column: number, cell: SheetCell, style: StyleId): void {
    const line = this.#line(row);
    while (line.cells.length <= column) {
      line.cells.push(null);
      line.styles.push(0);
    }
    line.cells[column] = cell;
    line.styles[column] = style;
  }

  /** One cell over several columns of a row; the look covers all of them. */
  band(row: number, firstColumn: number, lastColumn: number, cell: SheetCell, style: StyleId): void {
    for (let column = lastColumn; column > firstColumn; column -= 1) this.put(row, column, null, style);
    this.put(row, firstColumn, cell, style);
    if (lastColumn > firstColumn) this.merges.push({ firstRow: row, firstColumn, lastRow: row, lastColumn });
  }

  /** Points. */
  height(row: number, height: number): void {
    this.#line(row).height = height;
  }

  /** Appends rows made elsewhere. */
  append(rows: readonly SheetRow[]): void {
    for (const { cells, styles, height } of rows) {
      this.#lines.push({ cells: [...cells], styles: [...styles], height });
    }
  }

  rows(): readonly SheetRow[] {
    return this.#lines.map(({ cells, styles, height }) =>
      height === undefined ? { cells, styles } : { cells, styles, height },
    );
  }

  #line(row: number): Line {
    for (;;) {
      const line = this.#lines[row];
      if (line !== undefined) return line;
      this.#lines.push({ cells: [], styles: [], height: undefined });
    }
  }
}

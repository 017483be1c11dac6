import { XLSX_LIMITS } from '../limits.js';
import { FormatError } from '../table.js';

/** Counts what the cells of a sheet would take in memory, and refuses a sheet that takes out of proportion to its file. */
export class SheetSize {
  /** Bytes of text in the sheet so far, those that many cells share at every use. */
  textBytes = 0;
  #rowTextBytes = 0;
  readonly #gapLimit: number;
  #gaps = 0;
  #lastFilled = -1;

  /** `sheetBytes` is the inflated size of the sheet. */
  constructor(sheetBytes: number) {
    this.#gapLimit = XLSX_LIMITS.gapCells + XLSX_LIMITS.gapCellsPerByte * sheetBytes;
  }

  beginRow(): void {
    this.#rowTextBytes = 0;
    this.#lastFilled = -1;
  }

  /** A text that thousands of cells share takes no place in the file: a row of them must not fill the memory. */
  addText(bytes: number): void {
    this.textBytes += bytes;
    this.#rowTextBytes += bytes;
    if (this.#rowTextBytes > XLSX_LIMITS.rowTextBytes) {
      throw new FormatError({ code: 'too_large', detail: 'a row holds too much text' });
    }
  }

  /** A cell far to the right makes a row of its width: rows of few bytes must not become billions of cells. */
  addCell(column: number): void {
    this.#gaps += Math.max(0, column - this.#lastFilled - 1);
    this.#lastFilled = Math.max(this.#lastFilled, column);
    if (this.#gaps > this.#gapLimit) {
      const detail = 'a sheet is all gaps: it would be mostly empty cells';
      throw new FormatError({ code: 'too_large', detail });
    }
  }
}

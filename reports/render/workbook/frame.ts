import { textWidth } from '../../../formats/index.js';
import type { ReportDocument } from '../report-document.js';
import { stampText, watermarkText } from '../stamp.js';
import { say } from '../wording.js';
import type { SheetCanvas } from './canvas.js';
import type { Looks } from './looks.js';
import { LINE_POINTS } from './table.js';

/** Between a text and the end of its band. */
const STAMP_ROOM = 2;
/** What a spreadsheet gives a column nobody gave a width. */
const DEFAULT_WIDTH = 8;

/**
 * The last column (at least `least`) of a band from the first one on that is as wide as what stands in it: a merged cell
 * that is too narrow cuts its text, and the stamp says whom the file is for.
 */
export function bandEnd(widths: readonly number[], least: number, wanted: number): number {
  let room = 0;
  for (let column = 0; ; column += 1) {
    room += widths[column] ?? DEFAULT_WIDTH;
    if (column >= least && room >= wanted) return column;
  }
}

/** How wide the stamp of a report's sheets is. */
export function stampWidth(document: ReportDocument): number {
  return textWidth(stampText(document)) + STAMP_ROOM;
}

/** Rows of `titleRows`. */
export const TITLE_ROWS = 2;

/** What every sheet begins with: its title, and the stamp that says what it shows and for whom. */
export function titleRows(
  canvas: SheetCanvas,
  document: ReportDocument,
  title: string,
  lastColumn: number,
  looks: Looks,
): void {
  canvas.band(0, 0, lastColumn, title, looks.sectionTitle);
  canvas.height(0, 30);
  canvas.band(1, 0, lastColumn, stampText(document), looks.stamp);
  canvas.height(1, 18);
}

/** A text over several columns that together are `width` half-width characters wide. */
export function noteRow(
  canvas: SheetCanvas,
  text: string,
  lastColumn: number,
  width: number,
  looks: Looks,
): void {
  const row = canvas.rowCount;
  const lines = text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / width)), 0);
  canvas.band(row, 0, lastColumn, text, looks.note);
  canvas.height(row, Math.min(409, 3 + (LINE_POINTS - 1) * lines));
}

/** What printed pages carry at their foot. */
export function footerOf(document: ReportDocument): { readonly left: string; readonly right: string } {
  return { left: watermarkText(document) ?? document.title, right: say(document.language, 'page') };
}

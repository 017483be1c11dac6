/** Text inside the parts of a workbook: whatever it holds, the XML stays well-formed and the text stays text. */

/** Most UTF-16 units a cell may hold. */
export const MAX_CELL_CHARACTERS = 32_767;

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Anything that is not plain in XML text or in a spreadsheet string. */
const SPECIAL = /[&<>"\p{Cc}\p{Cs}\ufffe\uffff]|_x[0-9A-Fa-f]{4}_/u;
const MARKUP_CHARACTERS = /[&<>"]/g;
/** A half of a surrogate pair standing alone: with the `u` flag only those are matched. */
const LONE_SURROGATES = /\p{Cs}/gu;
/** What XML 1.0 cannot hold, and CR, which an XML reader would turn into LF. */
const UNHOLDABLE = /[\p{Cc}\ufffe\uffff]/gu;

/** Text for an attribute or an element that is no cell: what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll(LONE_SURROGATES, '\ufffd')
    .replaceAll(UNHOLDABLE, (character) =>
      /[\t\n]/.test(character) ? ' ' : isLatinControl(character) ? character : '\ufffd',
    )
    .replaceAll(MARKUP_CHARACTERS, (character) => MARKUP[character] ?? character);
}

/**
 * Text for a cell: control characters as `_x000D_`, which spreadsheets read back as the character (ECMA-376 part 1,
 * 22.9.2.19), and a literal `_x000D_` in the text guarded in the same way.
 */
export function escapeCellText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(LONE_SURROGATES, '\ufffd')
    .replaceAll(UNHOLDABLE, (character) => {
      if (/[\t\n]/.test(character) || isLatinControl(character)) return character;
      return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
    })
    .replaceAll(MARKUP_CHARACTERS, (character) => MARKUP[character] ?? character);
}

/** U+007F to U+009F: control characters that XML does hold. */
function isLatinControl(character: string): boolean {
  return character >= '\x7f' && character <= '\x9f';
}

/** Cuts what a cell cannot hold, visibly: the text then ends in `mark`. */
export function fitCell(text: string, mark: string): string {
  if (text.length <= MAX_CELL_CHARACTERS) return text;
  const kept = text.slice(0, MAX_CELL_CHARACTERS - mark.length);
  // never half of a pair
  return (/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept) + mark;
}

/** `<t>` with its text; outer blanks and line breaks survive only when told to. */
export function textElement(text: string): string {
  const escaped = escapeCellText(text);
  return /^\s|\s$|\n/.test(text) ? `<t xml:space="preserve">${escaped}</t>` : `<t>${escaped}</t>`;
}

/**
 * Whether a spreadsheet would take the text for a formula if someone retyped it: such cells also carry the style
 * flag `quotePrefix`, so that opening the cell for editing and leaving it does not turn it into one.
 */
export function looksLikeFormula(text: string): boolean {
  return /^\s*[=+\-@＝＋－＠|%]/.test(text) || /^[\t\r\n]/.test(text);
}

/** `A`, `Z`, `AA` … of a column counted from 0. */
export function columnLetters(column: number): string {
  let letters = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** `B7`, row and column counted from 0. */
export function cellReference(row: number, column: number): string {
  return `${columnLetters(column)}${String(row + 1)}`;
}

/** A rectangle of cells, rows and columns counted from 0, ends included. */
export interface CellRange {
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly lastRow: number;
  readonly lastColumn: number;
}

/** `A1:C9`. */
export function rangeReference(range: CellRange): string {
  return `${cellReference(range.firstRow, range.firstColumn)}:${cellReference(range.lastRow, range.lastColumn)}`;
}

/** `'图表数据'!$A$1:$C$9`, for charts and defined names. */
export function sheetRange(sheet: string, range: CellRange): string {
  const corner = (row: number, column: number) => `$${columnLetters(column)}$${String(row + 1)}`;
  const first = corner(range.firstRow, range.firstColumn);
  const last = corner(range.lastRow, range.lastColumn);
  return sheetPrefix(sheet) + (first === last ? first : `${first}:${last}`);
}

/** `'图表数据'!` */
export function sheetPrefix(sheet: string): string {
  return `'${sheet.replaceAll("'", "''")}'!`;
}

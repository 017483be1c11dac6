import type { CellValue } from '../table.js';
import { guardFormula } from './formula-guard.js';

export interface CsvWriteOptions {
  /** @default ',' */
  readonly delimiter?: string;
  /** UTF-8 byte order mark first, so that Excel does not take the file for the local code page. @default true */
  readonly byteOrderMark?: boolean;
  /** Neutralise cells that a spreadsheet would run; texts only, never numbers. @default true */
  readonly formulaGuard?: boolean;
}

/**
 * One CSV line with its CR LF. `null` is an empty cell; a row that would look like a blank line (one empty cell) is
 * written as `""`.
 */
export function csvLine(cells: readonly CellValue[], options: CsvWriteOptions = {}): string {
  const { delimiter = ',', formulaGuard = true } = options;
  const texts = cells.map((cell) => {
    const text = typeof cell === 'string' ? (formulaGuard ? guardFormula(cell) : cell) : String(cell ?? '');
    const quoted = text.includes(delimiter) || /["\r\n]/.test(text) || /^\s|\s$/.test(text);
    return quoted ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${texts.length === 1 && texts[0] === '' ? '""' : texts.join(delimiter)}\r\n`;
}

/** CSV text in pieces of about 64,000 characters, ready to be piped into a file. */
export async function* writeCsv(
  rows: AsyncIterable<readonly CellValue[]> | Iterable<readonly CellValue[]>,
  options: CsvWriteOptions = {},
): AsyncGenerator<string> {
  let text = (options.byteOrderMark ?? true) ? '\ufeff' : '';
  for await (const row of rows) {
    text += csvLine(row, options);
    if (text.length >= 64_000) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

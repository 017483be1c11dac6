import { FormatError, type TableRow } from '../table.js';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What the tokenizer needs to know of a CSV. */
export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
}

export interface CsvCaps {
  /** Characters of one record, its line breaks included. */
  readonly recordCharacters: number;
  readonly columns: number;
}

/**
 * RFC 4180 and what really comes: text pushed in pieces of any size, rows out. Lines may end in LF, CR LF or CR, also
 * mixed; a quote in the middle of an unquoted cell is text; text after a closing quote belongs to the cell; a row's
 * number is the physical line where it starts. An opening quote that is never closed (before the end, or within
 * `recordCharacters`) is text, so that one stray quote cannot swallow the rest of the file. Rows without any text
 * are left out. Throws `FormatError` `too_large` for a row of more than `columns` cells.
 */
export class CsvTokenizer {
  readonly #delimiterCode: number;
  readonly #caps: CsvCaps;
  #text = '';
  #waiting: string[] = [];
  #waitingCharacters = 0;
  /** Physical line of the next record. */
  #line = 1;

  constructor(dialect: CsvDialect, caps: CsvCaps) {
    this.#delimiterCode = dialect.delimiter.charCodeAt(0);
    this.#caps = caps;
  }

  /** Rows completed by `text`. */
  push(text: string): TableRow[] {
    this.#waiting.push(text);
    this.#waitingCharacters += text.length;
    // A record over many pieces is looked at again only when its text has doubled: linear, not quadratic.
    if (this.#waitingCharacters < this.#text.length) return [];
    return this.#drain(false);
  }

  /** The last rows. */
  end(): TableRow[] {
    return this.#drain(true);
  }

  #drain(atEnd: boolean): TableRow[] {
    const text = this.#text + this.#waiting.join('');
    this.#waiting = [];
    this.#waitingCharacters = 0;
    const rows: TableRow[] = [];
    let start = 0;
    const plainQuotes = new Set<number>();
    while (start < text.length) {
      const record = this.#record(text, start, plainQuotes, atEnd);
      if (record.end === -1) {
        const hopeless = atEnd || text.length - start > this.#caps.recordCharacters;
        if (!hopeless || record.openQuote === -1) break;
        plainQuotes.add(record.openQuote);
        continue;
      }
      if (record.filled) rows.push({ row: this.#line, cells: record.cells });
      this.#line += record.lines;
      start = record.end;
    }
    this.#text = start === 0 ? text : text.slice(start);
    return rows;
  }

  /** `end` -1: the record is not complete; `openQuote` then says which quote it hangs on, if it does. */
  #record(text: string, start: number, plainQuotes: ReadonlySet<number>, atEnd: boolean): CsvRecord {
    const cells: string[] = [];
    const length = text.length;
    const delimiter = this.#delimiterCode;
    let filled = false;
    let lines = 1;
    let at = start;
    for (;;) {
      let cell = '';
      let from = at;
      if (text.charCodeAt(at) === QUOTE && !plainQuotes.has(at)) {
        const close = closingQuote(text, at + 1, atEnd);
        if (close === -1) return { end: -1, openQuote: at, cells, filled, lines };
        cell = text.slice(at + 1, close);
        if (cell.includes('"')) cell = cell.replaceAll('""', '"');
        lines += countLineEnds(cell);
        at = from = close + 1;
      }
      let code = 0;
      while (at < length) {
        code = text.charCodeAt(at);
        if (code === delimiter || code === LINE_FEED || code === CARRIAGE_RETURN) break;
        at += 1;
      }
      if (at > from) cell = cell === '' ? text.slice(from, at) : cell + text.slice(from, at);
      if (cell !== '') filled = true;
      cells.push(cell);
      if (cells.length > this.#caps.columns) {
        throw new FormatError({
          code: 'too_large',
          detail: `line ${this.#line} has more than ${this.#caps.columns} cells`,
        });
      }
      if (at >= length) return { end: atEnd ? length : -1, openQuote: -1, cells, filled, lines };
      if (code === delimiter) {
        at += 1;
        continue;
      }
      if (code === LINE_FEED) return { end: at + 1, openQuote: -1, cells, filled, lines };
      if (at + 1 >= length && !atEnd) return { end: -1, openQuote: -1, cells, filled, lines };
      const end = text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;
      return { end, openQuote: -1, cells, filled, lines };
    }
  }
}

interface CsvRecord {
  readonly end: number;
  readonly openQuote: number;
  readonly cells: string[];
  readonly filled: boolean;
  readonly lines: number;
}

/** Index of the quote that closes a cell, a doubled quote being text; -1 when it is not there (yet). */
function closingQuote(text: string, from: number, atEnd: boolean): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return -1;
    if (quote + 1 >= text.length) return atEnd ? quote : -1;
    if (text.charCodeAt(quote + 1) !== QUOTE) return quote;
    at = quote + 2;
  }
}

function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.search(/[\r\n]/); at !== -1 && at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED) count += 1;
    else if (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED) count += 1;
  }
  return count;
}

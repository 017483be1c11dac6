import { FormatError, type TableRow } from '../table.js';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A text that turns out to be short lines must not become millions of rows before the first is taken. */
const ROWS_AT_ONCE = 8_192;

/** What the tokenizer needs to know of a CSV. */
export interface CsvDialect {
  /** One ASCII character. */
  readonly delimiter: string;
}

export interface CsvCaps {
  /** Bytes of one record, its line breaks included. */
  readonly recordBytes: number;
  readonly columns: number;
}

/**
 * RFC 4180 and what really comes: UTF-8 bytes pushed in blocks cut anywhere, rows out. Lines may end in LF, CR LF or CR,
 * also mixed; a quote in the middle of an unquoted cell is text; text after a closing quote belongs to the cell; a
 * row's number is the physical line where it starts. An opening quote that is never closed (before the end, or within
 * `recordBytes`) is text, so that one stray quote cannot swallow the rest of the file. Rows without any text are
 * left out, NULs and a leading byte order mark are dropped. Throws `FormatError` `too_large` for a row of more than
 * `columns` cells.
 *
 * Works on the bytes as one-byte characters, which is three times faster than decoding first: every character that
 * matters is ASCII, and only cells with others are decoded.
 */
export class CsvTokenizer {
  readonly #delimiter: number;
  readonly #caps: CsvCaps;
  readonly #keep: boolean;
  readonly #skips: boolean;
  #text = '';
  #waiting: string[] = [];
  #waitingBytes = 0;
  #started = false;
  /** Physical line of the next record. */
  #line = 1;

  /**
   * @param keep false to check the caps only: no rows come.
   * @param skips with `keep` false: no physical line can break a cap, so that only those with quotes are looked at.
   */
  constructor(dialect: CsvDialect, caps: CsvCaps, keep = true, skips = false) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#caps = caps;
    this.#keep = keep;
    this.#skips = skips && !keep;
  }

  /** Rows completed by `block`, a limited number at a time. To be read to the end. */
  *push(block: Buffer): Generator<readonly TableRow[], void> {
    const text = block.toString('latin1');
    this.#waiting.push(text.includes('\0') ? text.replaceAll('\0', '') : text);
    this.#waitingBytes += text.length;
    // A record over many blocks is looked at again only when its text has doubled: linear, not quadratic.
    if (this.#waitingBytes >= this.#text.length) yield* this.#drain(false);
  }

  /** The last rows. */
  *end(): Generator<readonly TableRow[], void> {
    yield* this.#drain(true);
  }

  *#drain(atEnd: boolean): Generator<readonly TableRow[], void> {
    const text = this.#text + this.#waiting.join('');
    this.#waiting = [];
    this.#waitingBytes = 0;
    let rows: TableRow[] = [];
    let start = 0;
    if (!this.#started && (text.length >= 3 || atEnd)) {
      this.#started = true;
      if (text.startsWith('\u00ef\u00bb\u00bf')) start = 3;
    }
    const plainQuotes = new Set<number>();
    while (this.#started && start < text.length) {
      if (this.#skips) {
        start = lineOfNextQuote(text, start);
        if (start >= text.length) break;
      }
      const record = new CsvRecord(this.#keep);
      const end = this.#scan(text, start, plainQuotes, atEnd, record);
      if (end === INCOMPLETE) {
        const hopeless = atEnd || text.length - start > this.#caps.recordBytes;
        if (!hopeless || record.openQuote === -1) break;
        plainQuotes.add(record.openQuote);
        continue;
      }
      if (record.filled && this.#keep) rows.push({ row: this.#line, cells: record.cells });
      this.#line += record.lines;
      start = end;
      if (rows.length < ROWS_AT_ONCE) continue;
      yield rows;
      rows = [];
    }
    this.#text = start === 0 ? text : text.slice(start);
    if (rows.length > 0) yield rows;
  }

  /** Reads one record from `start`; the index after it, or `INCOMPLETE`. */
  #scan(
    text: string,
    start: number,
    plainQuotes: ReadonlySet<number>,
    atEnd: boolean,
    record: CsvRecord,
  ): number {
    const length = text.length;
    const delimiter = this.#delimiter;
    let at = start;
    for (;;) {
      let quoted = '';
      let highest = 0;
      let code = text.charCodeAt(at);
      if (code === QUOTE && !plainQuotes.has(at)) {
        const close = record.quotedEnd(text, at + 1, atEnd);
        if (close === INCOMPLETE) {
          record.openQuote = at;
          return INCOMPLETE;
        }
        quoted = record.quoted;
        highest = record.quotedHighest;
        at = close + 1;
      }
      const from = at;
      for (; at < length; at += 1) {
        code = text.charCodeAt(at);
        if (code === delimiter || code === LINE_FEED || code === CARRIAGE_RETURN) break;
        if (code > highest) highest = code;
      }
      const atBreak = at < length;
      record.add(quoted, text, from, at, highest);
      if (record.count > this.#caps.columns) {
        throw new FormatError({
          code: 'too_large',
          detail: `${this.#skips ? 'a record' : `line ${this.#line}`} has more than ${this.#caps.columns} cells`,
        });
      }
      if (!atBreak) return atEnd ? length : INCOMPLETE;
      at += 1;
      if (code === delimiter) continue;
      if (code === LINE_FEED) return at;
      if (at >= length && !atEnd) return INCOMPLETE;
      return text.charCodeAt(at) === LINE_FEED ? at + 1 : at;
    }
  }
}

/** Where the line begins that the next quote stands on; without one, the last line, which may go on. */
function lineOfNextQuote(text: string, start: number): number {
  const quote = text.indexOf('"', start);
  let at = quote === -1 ? text.length : quote;
  while (at > start) {
    const code = text.charCodeAt(at - 1);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
    at -= 1;
  }
  return at;
}

const INCOMPLETE = -1;

/** The record being read. */
class CsvRecord {
  readonly cells: string[] = [];
  count = 0;
  filled = false;
  /** Physical lines it takes. */
  lines = 1;
  /** The quote an incomplete record hangs on; -1 when it only lacks its line end. */
  openQuote = -1;
  /** The quoted part of the current cell, and its highest character code. */
  quoted = '';
  quotedHighest = 0;

  constructor(readonly keep: boolean) {}

  /** Index of the quote that closes a cell, a doubled quote being text; `INCOMPLETE` when it is not there (yet). */
  quotedEnd(text: string, from: number, atEnd: boolean): number {
    let doubled = false;
    let highest = 0;
    let lines = 0;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        const next = at + 1;
        if (next >= text.length && !atEnd) return INCOMPLETE;
        if (text.charCodeAt(next) !== QUOTE) {
          const raw = text.slice(from, at);
          this.quoted = doubled ? raw.replaceAll('""', '"') : raw;
          this.quotedHighest = highest;
          this.lines += lines;
          return at;
        }
        doubled = true;
        at = next;
      } else if (code > highest) highest = code;
      if (code === LINE_FEED) lines += 1;
      else if (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED) lines += 1;
    }
    return INCOMPLETE;
  }

  /** The next cell: a quoted part, and what stands bare in `text`. */
  add(quoted: string, text: string, from: number, to: number, highest: number): void {
    this.count += 1;
    if (to > from || quoted !== '') this.filled = true;
    if (!this.keep) return;
    const bare = to > from ? text.slice(from, to) : '';
    const cell = quoted === '' ? bare : quoted + bare;
    this.cells.push(highest > 0x7f ? Buffer.from(cell, 'latin1').toString('utf8') : cell);
  }
}

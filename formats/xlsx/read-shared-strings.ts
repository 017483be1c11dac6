import type { BoundedZip, ZipEntry } from '../bounded-zip.js';
import { XLSX_LIMITS } from '../limits.js';
import { FormatError } from '../table.js';
import { unescapeCellText } from './cells.js';
import { eachToken } from './read-part.js';
import { nameCode, Token } from './xml-tokens.js';

const name = { item: nameCode('si'), text: nameCode('t'), phonetic: nameCode('rPh') };
/** No string lies in two pages; a power of two, so that a position names its page. */
const pageBytes = 8 * 1024 * 1024;
/** Strings beyond are decoded at every use: a table of unique ids is used once each anyway. */
const rememberedStrings = 1_000_000;
const rememberedBytes = 64 * 1024 * 1024;

/**
 * The table of strings that cells refer to, kept as bytes: as JavaScript strings, a million short ones take
 * three times as much.
 */
export class SharedStringTable {
  readonly #pages: Buffer[] = [];
  #used = 0;
  /** Where each string starts, counted over all pages. */
  #starts = new Int32Array(1024);
  /** Its bytes; negative when it is not plain ASCII. */
  #lengths = new Int32Array(1024);
  #count = 0;
  readonly #remembered: (string | undefined)[] = [];
  #rememberedBytes = 0;

  get count(): number {
    return this.#count;
  }

  /** The string of an index below `count`. */
  get(index: number): string {
    return this.#remembered[index] ?? this.#decode(index);
  }

  /** Its length as UTF-8. */
  bytesOf(index: number): number {
    return Math.abs(this.#lengths[index] ?? 0);
  }

  add(text: string): void {
    // At most three bytes a UTF-16 code unit.
    if ((this.#used % pageBytes) + 3 * text.length > pageBytes || this.#pages.length === 0) {
      this.#used = this.#pages.length * pageBytes;
      if (this.#used + pageBytes > XLSX_LIMITS.sharedStringBytes) throw tooLarge();
      this.#pages.push(Buffer.allocUnsafeSlow(pageBytes));
    }
    const page = this.#pages[this.#pages.length - 1];
    const bytes = page?.write(text, this.#used % pageBytes, 'utf8') ?? 0;
    if (this.#count >= XLSX_LIMITS.sharedStrings) throw tooLarge();
    if (this.#count === this.#starts.length) {
      this.#starts = doubled(this.#starts);
      this.#lengths = doubled(this.#lengths);
    }
    this.#starts[this.#count] = this.#used;
    this.#lengths[this.#count] = bytes === text.length ? bytes : -bytes;
    this.#count += 1;
    this.#used += bytes;
  }

  #decode(index: number): string {
    const position = this.#starts[index] ?? 0;
    const length = this.#lengths[index] ?? 0;
    const page = this.#pages[Math.floor(position / pageBytes)];
    const start = position % pageBytes;
    const text = page?.toString(length < 0 ? 'utf8' : 'latin1', start, start + Math.abs(length)) ?? '';
    if (index < rememberedStrings && this.#rememberedBytes < rememberedBytes) {
      while (this.#remembered.length < index) this.#remembered.push(undefined);
      this.#remembered[index] = text;
      this.#rememberedBytes += 24 + 2 * text.length;
    }
    return text;
  }
}

function doubled(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * values.length);
  more.set(values);
  return more;
}

/** Reads the table; runs of rich text are joined, phonetic hints dropped. */
export async function readSharedStrings(zip: BoundedZip, entry: ZipEntry | null): Promise<SharedStringTable> {
  const table = new SharedStringTable();
  if (entry === null) return table;
  let isInText = false;
  let isInPhonetic = false;
  let text = '';
  await eachToken(zip, entry, (tokens, kind) => {
    if (kind === Token.Text) {
      if (!isInText || isInPhonetic) return;
      text += unescapeCellText(tokens.text());
      if (text.length > XLSX_LIMITS.cellCharacters) throw cellTooLong();
      return;
    }
    const opens = kind === Token.Open && !tokens.isEmpty;
    switch (tokens.name) {
      case name.text:
        isInText = opens;
        break;
      case name.phonetic:
        isInPhonetic = opens;
        break;
      case name.item:
        if (!opens) table.add(text);
        text = '';
        break;
    }
  });
  return table;
}

/** For text that no spreadsheet program can have written. */
export function cellTooLong(): FormatError {
  return new FormatError({ code: 'too_large', detail: 'a cell holds more text than a spreadsheet allows' });
}

function tooLarge(): FormatError {
  return new FormatError({ code: 'too_large', detail: 'the texts of the workbook take too much memory' });
}

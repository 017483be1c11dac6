/** The rows of one sheet out of its XML, block by block. */
import { XLSX_LIMITS } from '../limits.js';
import { FormatError, type CellValue, type TableRow } from '../table.js';
import { CellKind, isoCellText, unescapeCellText, type CellDates, type CellKindCode } from './cells.js';
import { MergedRanges } from './merged-ranges.js';
import { cellTooLong, type SharedStringTable } from './read-shared-strings.js';
import { nameCode, Token, type XmlTokens } from './xml-tokens.js';

/** What cells refer to, the same for all sheets of a workbook. */
export interface SheetContext {
  readonly strings: SharedStringTable;
  readonly kinds: readonly CellKindCode[];
  readonly dates: CellDates;
}

const name = {
  sheetData: nameCode('sheetData'),
  row: nameCode('row'),
  cell: nameCode('c'),
  value: nameCode('v'),
  inline: nameCode('is'),
  text: nameCode('t'),
  phonetic: nameCode('rPh'),
  merged: nameCode('mergeCell'),
};
const attribute = {
  reference: nameCode('r'),
  style: nameCode('s'),
  type: nameCode('t'),
  range: nameCode('ref'),
};

/** The value of `t` of a cell. */
const CellType = { Number: 0, Shared: 1, Text: 2, Boolean: 3, Error: 4, Inline: 5, Date: 6 } as const;
type CellTypeCode = (typeof CellType)[keyof typeof CellType];

/** Stands for a text that the first pass does not read. */
const unread = '…';

/** Text handed over at once: a few long cells are as much as thousands of short ones. */
const waitingCharacters = 2 * 1024 * 1024;

/** Exact in a double, each. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Turns the tokens of a sheet into rows. A first pass (`keepsValues` false) only verifies: it makes no value, but
 * fails wherever the second would, and finds the merged ranges, which stand behind the rows they are about.
 */
export class SheetReader {
  readonly merged: MergedRanges;
  readonly #context: SheetContext;
  readonly #keepsValues: boolean;
  #rows: TableRow[] = [];
  #cellCount = 0;
  #isInData = false;
  #row = 0;
  #cells: CellValue[] = [];
  #column = -1;
  readonly #gapLimit: number;
  #gaps = 0;
  #lastFilled = -1;
  /** Bytes of text, of shared ones at every use: of the row being read, and of the sheet so far. */
  #rowTextBytes = 0;
  #textBytes = 0;
  /** Characters in the rows waiting to be taken. */
  #waitingCharacters = 0;
  #type: CellTypeCode = CellType.Number;
  #kind: CellKindCode = CellKind.Number;
  #isInCell = false;
  #isInValue = false;
  #isInInline = false;
  #isInPhonetic = false;
  #text: string | null = null;
  #number = 0;
  /** The value was read from the bytes as a number or an index and needs no text. */
  #hasNumber = false;

  /** For the second pass, the merged ranges the first has found. `sheetBytes` is the inflated size. */
  constructor(context: SheetContext, merged: MergedRanges | null, sheetBytes: number) {
    this.#context = context;
    this.#gapLimit = XLSX_LIMITS.gapCells + XLSX_LIMITS.gapCellsPerByte * sheetBytes;
    this.#keepsValues = merged !== null;
    this.merged = merged ?? new MergedRanges();
  }

  /** Cells in the rows waiting to be taken, gaps included. */
  get waitingCells(): number {
    return this.#cellCount;
  }

  /** What the texts of all cells take, those that many cells share at every use. */
  get textBytes(): number {
    return this.#textBytes;
  }

  takeRows(): readonly TableRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#cellCount = 0;
    this.#waitingCharacters = 0;
    return rows;
  }

  /**
   * Reads tokens until more bytes are needed (false) or `cellLimit` cells, or much text, are waiting (true: call
   * again).
   */
  read(tokens: XmlTokens, cellLimit: number): boolean {
    for (let kind = tokens.next(); kind !== Token.More; kind = tokens.next()) {
      if (kind === Token.Open) this.#open(tokens);
      else if (kind === Token.Close) this.#close(tokens.name);
      else if (this.#isInValue) this.#value(tokens);
      if (this.#cellCount >= cellLimit || this.#waitingCharacters >= waitingCharacters) return true;
    }
    return false;
  }

  #open(tokens: XmlTokens): void {
    switch (tokens.name) {
      case name.cell:
        if (!this.#isInData) break;
        this.#openCell(tokens);
        if (tokens.isEmpty) this.#closeCell();
        break;
      case name.value:
        this.#isInValue = this.#isInCell && !tokens.isEmpty;
        break;
      case name.row:
        if (!this.#isInData) break;
        this.#openRow(tokens);
        if (tokens.isEmpty) this.#closeRow();
        break;
      case name.inline:
        this.#isInInline = this.#isInCell && !tokens.isEmpty;
        break;
      case name.text:
        this.#isInValue = this.#isInInline && !this.#isInPhonetic && !tokens.isEmpty;
        break;
      case name.phonetic:
        this.#isInPhonetic = !tokens.isEmpty;
        break;
      case name.sheetData:
        this.#isInData = !tokens.isEmpty;
        break;
      case name.merged:
        if (!this.#keepsValues) this.merged.add(tokens.attribute(attribute.range) ?? '');
        break;
    }
  }

  #close(closed: number): void {
    switch (closed) {
      case name.cell:
        if (this.#isInCell) this.#closeCell();
        break;
      case name.value:
      case name.text:
        this.#isInValue = false;
        break;
      case name.row:
        if (this.#isInData) this.#closeRow();
        break;
      case name.inline:
        this.#isInInline = false;
        break;
      case name.phonetic:
        this.#isInPhonetic = false;
        break;
      case name.sheetData:
        this.#isInData = false;
        break;
    }
  }

  #openRow(tokens: XmlTokens): void {
    const at = tokens.attributeStart(attribute.reference);
    const row = at < 0 ? this.#row + 1 : wholeNumber(tokens.bytes, at);
    if (row <= this.#row) throw damaged('the rows of a sheet are out of order');
    if (row > XLSX_LIMITS.rowNumber) throw tooLarge('a sheet has more rows than any program writes');
    this.#row = row;
    this.#rowTextBytes = 0;
    this.#column = -1;
    this.#lastFilled = -1;
    if (this.#cells.length > 0) this.#cells = [];
  }

  #closeRow(): void {
    if (!this.#keepsValues) return;
    const cells = this.#cells;
    this.merged.clear(this.#row, cells);
    let length = cells.length;
    while (length > 0 && cells[length - 1] === null) length -= 1;
    if (length === 0) return;
    cells.length = length;
    this.#rows.push({ row: this.#row, cells });
    this.#cellCount += length;
    this.#cells = [];
  }

  #openCell(tokens: XmlTokens): void {
    const { bytes } = tokens;
    const reference = tokens.attributeStart(attribute.reference);
    const column = reference < 0 ? this.#column + 1 : columnAt(bytes, reference);
    if (column >= XLSX_LIMITS.columns) throw tooLarge('a sheet has more columns than a spreadsheet allows');
    if (column < 0) throw damaged('a cell has an unreadable place');
    this.#column = column;
    const type = tokens.attributeStart(attribute.type);
    this.#type = type < 0 ? CellType.Number : typeAt(bytes, type);
    const style = tokens.attributeStart(attribute.style);
    this.#kind =
      style < 0 ? CellKind.Number : (this.#context.kinds[wholeNumber(bytes, style)] ?? CellKind.Number);
    this.#isInCell = true;
    this.#text = null;
    this.#hasNumber = false;
  }

  #value(tokens: XmlTokens): void {
    const { bytes, textStart, textEnd } = tokens;
    if (this.#text === null && !this.#hasNumber && tokens.isPlain && tokens.isWholeText) {
      if (this.#type === CellType.Shared || this.#type === CellType.Number) {
        const number = plainNumber(bytes, textStart, textEnd);
        if (number === number) {
          this.#number = number;
          this.#hasNumber = true;
          return;
        }
      } else if (!this.#keepsValues) {
        if (textEnd - textStart > XLSX_LIMITS.cellCharacters) throw cellTooLong();
        this.#text = textEnd > textStart ? unread : null;
        this.#countText(textEnd - textStart);
        return;
      }
    }
    if (this.#hasNumber) {
      this.#text = String(this.#number);
      this.#hasNumber = false;
    }
    const more = tokens.text();
    this.#text = (this.#text ?? '') + more;
    if (!this.#keepsValues) this.#countText(more.length);
    if (this.#text.length > XLSX_LIMITS.cellCharacters) throw cellTooLong();
  }

  #closeCell(): void {
    this.#isInCell = false;
    this.#isInValue = false;
    this.#isInInline = false;
    const value = this.#cellValue();
    if (value === null) return;
    if (!this.#keepsValues) {
      this.#countGap();
      return;
    }
    const cells = this.#cells;
    while (cells.length < this.#column) cells.push(null);
    cells[this.#column] = value;
    if (typeof value === 'string') this.#waitingCharacters += value.length;
  }

  /** A text that thousands of cells share takes no place in the file: a row of them must not fill the memory. */
  #countText(bytes: number): void {
    this.#textBytes += bytes;
    this.#rowTextBytes += bytes;
    if (this.#rowTextBytes > XLSX_LIMITS.rowTextBytes) throw tooLarge('a row holds too much text');
  }

  /** A cell far to the right makes a row of its width: rows of few bytes must not become billions of cells. */
  #countGap(): void {
    this.#gaps += Math.max(0, this.#column - this.#lastFilled - 1);
    this.#lastFilled = Math.max(this.#lastFilled, this.#column);
    if (this.#gaps > this.#gapLimit) throw tooLarge('a sheet is all gaps: it would be mostly empty cells');
  }

  #cellValue(): CellValue {
    const text = this.#text;
    switch (this.#type) {
      case CellType.Shared:
        if (!this.#hasNumber && text === null) return null;
        return this.#sharedValue(this.#hasNumber ? this.#number : Number(text));
      case CellType.Number:
        if (this.#hasNumber) return this.#numberValue(this.#number);
        return text === null ? null : this.#numberOrText(text);
      case CellType.Boolean:
        return text === null ? null : text === '1' || text === 'true';
      case CellType.Error:
        return null;
      case CellType.Date:
        return text === null ? null : isoCellText(text, this.#kind);
      case CellType.Text:
      case CellType.Inline:
        return text === null || text === '' ? null : unescapeCellText(text);
    }
  }

  #sharedValue(index: number): CellValue {
    const { strings } = this.#context;
    if (!(Number.isInteger(index) && index >= 0 && index < strings.count)) {
      throw damaged('a cell refers to a text that is not there');
    }
    if (!this.#keepsValues) {
      this.#countText(strings.bytesOf(index));
      return index;
    }
    const text = strings.get(index);
    return text === '' ? null : text;
  }

  #numberValue(value: number): CellValue {
    if (this.#kind === CellKind.Number || !this.#keepsValues) return value;
    return this.#context.dates.text(value, this.#kind);
  }

  /** What stands where a number should: kept as text, for whoever reads it to judge. */
  #numberOrText(text: string): CellValue {
    const trimmed = text.trim();
    if (trimmed === '') return null;
    return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed))
      ? this.#numberValue(Number(trimmed))
      : trimmed;
  }
}

/** The digits at a place; text without any is 0. */
function wholeNumber(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start; ; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || value > 1e12) return value;
    value = value * 10 + digit;
  }
}

/** Column from 0 of the reference at a place; -1 without letters. */
function columnAt(bytes: Buffer, start: number): number {
  let column = 0;
  for (let at = start; at < start + 4; at += 1) {
    const letter = ((bytes[at] ?? 0) & 0xdf) - 0x40;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

/** `n`, `s`, `str`, `b`, `e`, `inlineStr`, `d`: all told apart by their first letters. */
function typeAt(bytes: Buffer, start: number): CellTypeCode {
  const first: number = bytes[start] ?? 0;
  switch (first) {
    case 0x73:
      return bytes[start + 1] === 0x74 ? CellType.Text : CellType.Shared;
    case 0x62:
      return CellType.Boolean;
    case 0x65:
      return CellType.Error;
    case 0x69:
      return CellType.Inline;
    case 0x64:
      return CellType.Date;
    default:
      return CellType.Number;
  }
}

/**
 * A decimal number of at most 15 digits without exponent, read from the bytes: an integer divided by a power of
 * ten, both exact, which rounds as the decimal itself does. NaN for anything else.
 */
function plainNumber(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d;
  const first = isNegative ? start + 1 : start;
  let value = 0;
  let point = -1;
  if (end - first > 16) return Number.NaN;
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2e && point < 0) {
      point = at;
      continue;
    }
    if (byte < 0x30 || byte > 0x39) return Number.NaN;
    value = value * 10 + byte - 0x30;
  }
  const digits = end - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > 15) return Number.NaN;
  const number = point < 0 ? value : value / (powersOfTen[end - point - 1] ?? 1);
  return isNegative ? -number : number;
}

function damaged(detail: string): FormatError {
  return new FormatError({ code: 'damaged', detail });
}

function tooLarge(detail: string): FormatError {
  return new FormatError({ code: 'too_large', detail });
}

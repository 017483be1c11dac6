/** The rows of one sheet out of its XML, block by block. */
import { XLSX_LIMITS } from '../limits.js';
import { FormatError, type CellValue, type TableRow } from '../table.js';
import { CellType, columnAt, plainNumber, typeAt, wholeNumber, type CellTypeCode } from './cell-bytes.js';
import { CellKind, isoCellText, unescapeCellText, type CellDates, type CellKindCode } from './cells.js';
import { MergedRanges } from './merged-ranges.js';
import { cellTooLong, type SharedStringTable } from './read-shared-strings.js';
import { SheetSize } from './sheet-size.js';
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

/** Stands for a text that the first pass does not read. */
const unread = '…';

/** Text handed over at once: a few long cells are as much as thousands of short ones. */
const waitingCharacters = 2 * 1024 * 1024;

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
  readonly #size: SheetSize;
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
    this.#size = new SheetSize(sheetBytes);
    this.#keepsValues = merged !== null;
    this.merged = merged ?? new MergedRanges();
  }

  /** Cells in the rows waiting to be taken, gaps included. */
  get waitingCells(): number {
    return this.#cellCount;
  }

  /** What the texts of all cells take, those that many cells share at every use. */
  get textBytes(): number {
    return this.#size.textBytes;
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
    this.#size.beginRow();
    this.#column = -1;
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
        this.#size.addText(textEnd - textStart);
        return;
      }
    }
    if (this.#hasNumber) {
      this.#text = String(this.#number);
      this.#hasNumber = false;
    }
    const more = tokens.text();
    this.#text = (this.#text ?? '') + more;
    if (!this.#keepsValues) this.#size.addText(more.length);
    if (this.#text.length > XLSX_LIMITS.cellCharacters) throw cellTooLong();
  }

  #closeCell(): void {
    this.#isInCell = false;
    this.#isInValue = false;
    this.#isInInline = false;
    const value = this.#cellValue();
    if (value === null) return;
    if (!this.#keepsValues) {
      this.#size.addCell(this.#column);
      return;
    }
    const cells = this.#cells;
    while (cells.length < this.#column) cells.push(null);
    cells[this.#column] = value;
    if (typeof value === 'string') this.#waitingCharacters += value.length;
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
      this.#size.addText(strings.bytesOf(index));
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

function damaged(detail: string): FormatError {
  return new FormatError({ code: 'damaged', detail });
}

function tooLarge(detail: string): FormatError {
  return new FormatError({ code: 'too_large', detail });
}

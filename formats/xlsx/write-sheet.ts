import type { SharedStrings } from './shared-strings.js';
import { conditionXml } from './conditions.js';
import type { SheetCell, SheetPlan, SheetRow } from './sheet-plan.js';
import type { StyleId, StyleSheet } from './styles.js';
import type { CellRange } from './write-text.js';
import {
  cellReference,
  columnLetters,
  escapeXml,
  fitCell,
  looksLikeFormula,
  rangeReference,
  textElement,
} from './write-text.js';

/** What all sheets of a workbook share. */
export interface SheetContext {
  readonly styles: StyleSheet;
  readonly strings: SharedStrings;
  /** Ends a text that was cut to what a cell can hold. */
  readonly cutMark: string;
  /** Most rows of a sheet. */
  readonly maxRows: number;
}

/** UTF-16 units of XML handed on at once. */
const PIECE_CHARACTERS = 64 * 1024;

/** Rows one after the other, over the bounds of batches and sheets. */
export class RowCursor {
  readonly #batches: AsyncIterator<readonly SheetRow[]>;
  readonly #headerRows: number;
  readonly #header: SheetRow[] = [];
  #batch: readonly SheetRow[] = [];
  #next = 0;
  #taken = 0;

  constructor(plan: Pick<SheetPlan, 'rows' | 'headerRows'>) {
    this.#batches = batchesOf(plan.rows)[Symbol.asyncIterator]();
    this.#headerRows = plan.headerRows ?? 0;
  }

  /** The header rows, once they were taken. */
  get header(): readonly SheetRow[] {
    return this.#header;
  }

  /** Rows taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Up to `limit` rows as they lie ready; empty when there are no more. */
  async take(limit: number): Promise<readonly SheetRow[]> {
    if (limit <= 0 || !(await this.hasMore())) return [];
    const rows = this.#batch.slice(this.#next, this.#next + limit);
    this.#next += rows.length;
    this.#taken += rows.length;
    const missing = this.#headerRows - this.#header.length;
    if (missing > 0) this.#header.push(...rows.slice(0, missing));
    return rows;
  }

  async hasMore(): Promise<boolean> {
    while (this.#next >= this.#batch.length) {
      const step = await this.#batches.next();
      if (step.done === true) return false;
      this.#batch = step.value;
      this.#next = 0;
    }
    return true;
  }

  /** Tells the source that nobody reads on. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

async function* batchesOf(rows: SheetPlan['rows']): AsyncGenerator<readonly SheetRow[], void> {
  if (Symbol.asyncIterator in rows) yield* rows;
  else yield rows;
}

/** What tells the sheets apart that one plan fills. */
export interface SheetPart {
  readonly first: boolean;
  /** The header rows again, when the sheet continues another. */
  readonly repeated: readonly SheetRow[];
  readonly drawing: boolean;
  /** The sheet the workbook opens at. */
  readonly selected: boolean;
}

/** The XML of one sheet in pieces, taking rows from the cursor until it ends or the sheet is full. */
export async function* sheetXml(
  plan: SheetPlan,
  cursor: RowCursor,
  context: SheetContext,
  part: SheetPart,
): AsyncGenerator<Uint8Array, void> {
  let xml = sheetHead(plan, part.selected);
  let rowCount = 0;
  const writer = rowWriter(context);
  for (const row of part.repeated) {
    xml += writer(row, rowCount);
    rowCount += 1;
  }
  for (;;) {
    const rows = await cursor.take(context.maxRows - rowCount);
    if (rows.length === 0) break;
    for (const row of rows) {
      xml += writer(row, rowCount);
      rowCount += 1;
      if (xml.length >= PIECE_CHARACTERS) {
        yield Buffer.from(xml, 'utf8');
        xml = '';
      }
    }
  }
  const dataRows = rowCount - ((await cursor.hasMore()) ? 0 : (plan.rowsBelow ?? 0));
  yield Buffer.from(xml + sheetTail(plan, { rowCount, dataRows }, part), 'utf8');
}

function sheetHead(plan: SheetPlan, selected: boolean): string {
  const tab = plan.tabColor === undefined ? '' : `<tabColor rgb="FF${plan.tabColor}"/>`;
  const columns = plan.columnWidths
    .map(
      (width, index) =>
        `<col min="${String(index + 1)}" max="${String(index + 1)}" width="${String(Math.min(255, width))}" customWidth="1"/>`,
    )
    .join('');
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">',
    `<sheetPr>${tab}<pageSetUpPr fitToPage="1"/></sheetPr>`,
    `<sheetViews><sheetView${plan.gridLines === false ? ' showGridLines="0"' : ''}${selected ? ' tabSelected="1"' : ''} workbookViewId="0">${paneXml(plan.freeze)}</sheetView></sheetViews>`,
    '<sheetFormatPr defaultRowHeight="16.5"/>',
    columns === '' ? '' : `<cols>${columns}</cols>`,
    '<sheetData>',
  ].join('');
}

function paneXml(freeze: SheetPlan['freeze']): string {
  const { rows, columns } = freeze ?? { rows: 0, columns: 0 };
  if (rows === 0 && columns === 0) return '';
  const pane = rows === 0 ? 'topRight' : columns === 0 ? 'bottomLeft' : 'bottomRight';
  const x = columns === 0 ? '' : ` xSplit="${String(columns)}"`;
  const y = rows === 0 ? '' : ` ySplit="${String(rows)}"`;
  const corner = cellReference(rows, columns);
  return `<pane${x}${y} topLeftCell="${corner}" activePane="${pane}" state="frozen"/><selection pane="${pane}" activeCell="${corner}" sqref="${corner}"/>`;
}

/** What follows the rows, in the order the format wants it. `dataRows` counts the rows down to the last of data. */
function sheetTail(
  plan: SheetPlan,
  { rowCount, dataRows }: { readonly rowCount: number; readonly dataRows: number },
  part: SheetPart,
): string {
  const clipped = (range: CellRange): CellRange => ({
    ...range,
    lastRow: range.lastRow === Infinity ? dataRows - 1 : Math.min(range.lastRow, rowCount - 1),
  });
  const conditions = (plan.conditions ?? [])
    .map((condition) => ({ ...condition, range: clipped(condition.range) }))
    .filter(({ range }) => range.firstRow <= range.lastRow);
  // merged titles belong to the first sheet and, when they lie in its header, to the ones that continue it
  const merges = (plan.merges ?? [])
    .filter((range) => part.first || range.lastRow < (plan.headerRows ?? 0))
    .map(rangeReference);
  const filter = plan.filter;
  return [
    '</sheetData>',
    filter === undefined ? '' : `<autoFilter ref="${rangeReference(filterRange(filter, dataRows))}"/>`,
    merges.length === 0
      ? ''
      : `<mergeCells count="${String(merges.length)}">${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`,
    ...conditions.map(conditionXml),
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>',
    `<pageSetup paperSize="9" orientation="${plan.landscape === true ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/>`,
    plan.footer === undefined
      ? ''
      : `<headerFooter><oddFooter>${footerText(plan.footer)}</oddFooter></headerFooter>`,
    part.drawing ? '<drawing r:id="rId1"/>' : '',
    '</worksheet>',
  ].join('');
}

/** The cells a filter covers: from its header row to the last row of the sheet. */
export function filterRange(filter: NonNullable<SheetPlan['filter']>, rowCount: number): CellRange {
  return {
    firstRow: filter.row,
    firstColumn: filter.firstColumn,
    lastRow: Math.max(filter.row, rowCount - 1),
    lastColumn: filter.lastColumn,
  };
}

/** `&` begins a code in a footer; `&P` and `&N` are the page and the number of pages. */
function footerText(footer: NonNullable<SheetPlan['footer']>): string {
  const literal = (text: string) => text.replaceAll('&', '&&');
  const right = literal(footer.right).replaceAll('{page}', '&P').replaceAll('{pages}', '&N');
  // a footer holds 255 characters at most
  return escapeXml(`&L${literal(footer.left).slice(0, 150)}&R${right}`);
}

/** Writes rows; the parts of a cell that do not change are made once a column and style. */
function rowWriter({ styles, strings, cutMark }: SheetContext): (row: SheetRow, index: number) => string {
  const openings: string[] = [];
  const styleTexts: string[] = [];
  const opening = (column: number) => (openings[column] ??= `<c r="${columnLetters(column)}`);
  const styleText = (style: StyleId) => (styleTexts[style] ??= style === 0 ? '' : ` s="${String(style)}"`);

  const cellXml = (cell: SheetCell, style: StyleId): string => {
    if (typeof cell === 'number' && Number.isFinite(cell))
      return `${styleText(style)}><v>${String(cell)}</v></c>`;
    if (typeof cell === 'string' && cell !== '') {
      const text = fitCell(cell, cutMark);
      const own = styleText(looksLikeFormula(text) ? styles.quoted(style) : style);
      const shared = strings.indexOf(text);
      return shared === null
        ? `${own} t="inlineStr"><is>${textElement(text)}</is></c>`
        : `${own} t="s"><v>${String(shared)}</v></c>`;
    }
    if (typeof cell === 'boolean') return `${styleText(style)} t="b"><v>${cell ? '1' : '0'}</v></c>`;
    return `${styleText(style)}/>`;
  };

  return (row, index) => {
    const number = String(index + 1);
    const height = row.height === undefined ? '' : ` ht="${String(row.height)}" customHeight="1"`;
    let xml = `<row r="${number}"${height}>`;
    const { cells, styles: rowStyles } = row;
    for (let column = 0; column < cells.length; column += 1) {
      const cell = cells[column] ?? null;
      const style = rowStyles[column] ?? 0;
      // a cell without value and look need not be there
      if (cell === null && style === 0) continue;
      xml += `${opening(column)}${number}"${cellXml(cell, style)}`;
    }
    return `${xml}</row>`;
  };
}

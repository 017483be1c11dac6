import { widthOfText } from './fonts.js';
import { widestWord } from './line-break.js';
import type { PdfTable } from './table.js';

/** Space beside and above the text of a cell, in points. */
export const CELL_PADDING = { x: 6, y: 4.5 } as const;

/** The columns that stand side by side, how wide, in which size of type. */
export interface TableFit {
  /** Indexes of columns. */
  readonly columns: readonly number[];
  /** Points, with padding; they fill the page. */
  readonly widths: readonly number[];
  readonly size: number;
}

/** Sizes tried, the largest first: what is read on a phone. */
const SIZES = [10, 9.25, 8.5, 7.75, 7] as const;
/** So many of them are tried before text is squeezed below so many hanzi a line. */
const COMFORTABLE_SIZES = 3;
const COMFORTABLE_EMS = 9;
/** In ems: what text always keeps, when a word is broken, when a header is. */
const LEAST_EMS = 4;
const WIDEST_WORD = 12;
const WIDEST_HEADER = 9;
/** In ems: a header this short is not broken, a longer one in two, as long as the type is comfortable. */
const WHOLE_HEADER = 3.2;
const HEADER_LINES = 1.9;
/** Rows measured: enough to know a column, few enough to be quick. */
const MEASURED_ROWS = 400;

interface Demand {
  /** Narrower than this breaks a word or a number. */
  readonly least: number;
  /** Nothing wraps. */
  readonly wanted: number;
  /** Narrower than this tears the header. */
  readonly header: number;
  readonly isText: boolean;
}

const fitted = new WeakMap<PdfTable, { readonly pageWidth: number; readonly parts: readonly TableFit[] }>();

/**
 * Chooses sizes and widths: rather somewhat smaller type than text squeezed to a few characters a line, and more than
 * one part when even the smallest type is too wide. Asked again for the same table, it knows the answer.
 */
export function fitColumns(table: PdfTable, pageWidth: number): readonly TableFit[] {
  const known = fitted.get(table);
  if (known?.pageWidth === pageWidth) return known.parts;
  const parts = fit(table, pageWidth);
  fitted.set(table, { pageWidth, parts });
  return parts;
}

function fit(table: PdfTable, pageWidth: number): TableFit[] {
  const columns = table.columns.map((_, index) => index);
  const ofOnePoint = measure(table);
  const tries = [
    ...SIZES.slice(0, COMFORTABLE_SIZES).map((size) => ({ size, comfortable: true })),
    ...SIZES.map((size) => ({ size, comfortable: false })),
  ];
  for (const { size, comfortable } of tries) {
    const demands = atSize(ofOnePoint, size, comfortable);
    if (sum(demands.map(({ least }) => least)) > pageWidth) continue;
    return [{ columns, widths: share(demands, pageWidth), size }];
  }
  const [, , middle] = SIZES;
  return split(atSize(ofOnePoint, middle, false), middle, pageWidth);
}

/** What columns ask for in a size, with padding; `comfortable`: text keeps some hanzi a line. */
function atSize(ofOnePoint: readonly Demand[], size: number, comfortable: boolean): Demand[] {
  return ofOnePoint.map(({ least, wanted, header, isText }) => {
    const text = isText ? Math.min(wanted, COMFORTABLE_EMS) : 0;
    const eased = comfortable ? Math.max(least, header, text) : least;
    const padded = (ems: number): number => ems * size + 2 * CELL_PADDING.x;
    return { least: padded(eased), wanted: padded(Math.max(eased, wanted)), header: padded(header), isText };
  });
}

/** What columns ask for in type of one point, without padding: widths grow with the size. */
function measure(table: PdfTable): Demand[] {
  const rows = table.rows.slice(0, MEASURED_ROWS);
  return table.columns.map((column, index) => {
    let cells = 0;
    let words = 0;
    const look = (text: string, weight: 'regular' | 'bold') => {
      const width = widthOfText(text, 1, weight);
      cells = Math.max(cells, width);
      // a word can only matter where it is wider than any before
      if (!column.wraps) words = Math.max(words, width);
      else if (width > words) words = Math.max(words, Math.min(widestWord(text, 1, weight), WIDEST_WORD));
    };
    for (const row of rows) look(row[index]?.text ?? '', 'regular');
    if (table.totalRow !== undefined) look(table.totalRow[index]?.text ?? '', 'bold');
    const header = widthOfText(column.label, 1, 'bold');
    // a header may take three lines, but two hanzi stay together
    const headerWord = Math.min(header, Math.max(widestWord(column.label, 1, 'bold'), header / 2.6, 2));
    const least = Math.max(words, headerWord, column.wraps ? Math.min(cells, LEAST_EMS) : 0);
    return {
      least,
      wanted: Math.max(least, cells, Math.min(header, WIDEST_HEADER)),
      header: Math.min(header <= WHOLE_HEADER ? header : header / HEADER_LINES, WIDEST_HEADER),
      isText: column.wraps,
    };
  });
}

/** Gives each column what it wants; too little room is taken from the widest that can wrap, too much goes to text first. */
function share(demands: readonly Demand[], pageWidth: number): number[] {
  const wanted = sum(demands.map((demand) => demand.wanted));
  if (wanted > pageWidth) return levelled(demands, pageWidth);
  const spare = pageWidth - wanted;
  const weights = demands.map((demand) => demand.wanted * (demand.isText ? 1.6 : 1));
  return demands.map((demand, index) => demand.wanted + (spare * (weights[index] ?? 0)) / sum(weights));
}

/** No column wider than a level, unless it must be, chosen so that together they fill the page. */
function levelled(demands: readonly Demand[], pageWidth: number): number[] {
  const widths = (level: number) =>
    demands.map(({ least, wanted }) => Math.max(least, Math.min(wanted, level)));
  let low = 0;
  let high = pageWidth;
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    if (sum(widths(middle)) > pageWidth) high = middle;
    else low = middle;
  }
  return widths(low);
}

/** Parts that each fit, each beginning with the first column. */
function split(demands: readonly Demand[], size: number, pageWidth: number): TableFit[] {
  const first = demands[0];
  if (first === undefined) return [];
  const parts: TableFit[] = [];
  let columns: number[] = [];
  let used = first.least;
  const close = () => {
    const all = [0, ...columns];
    const chosen = all.map((index) => demands[index] ?? first);
    parts.push({ columns: all, widths: share(chosen, pageWidth), size });
  };
  demands.forEach((demand, index) => {
    if (index === 0) return;
    if (columns.length > 0 && used + demand.least > pageWidth) {
      close();
      columns = [];
      used = first.least;
    }
    columns.push(index);
    used += demand.least;
  });
  close();
  return parts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

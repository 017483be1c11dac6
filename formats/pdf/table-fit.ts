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
/** Rows measured: enough to know a column, few enough to be quick. */
const MEASURED_ROWS = 400;

interface Demand {
  /** Narrower than this breaks a word or a number. */
  readonly least: number;
  /** Nothing wraps. */
  readonly wanted: number;
  readonly isText: boolean;
}

/**
 * Chooses sizes and widths: rather somewhat smaller type than text squeezed to a few characters a line, and more than
 * one part when even the smallest type is too wide.
 */
export function fitColumns(table: PdfTable, pageWidth: number): TableFit[] {
  const columns = table.columns.map((_, index) => index);
  const measured = SIZES.map((size) => ({ size, demands: measure(table, size) }));
  const fits = (size: number, demands: readonly Demand[]) => [
    { columns, widths: share(demands, pageWidth), size },
  ];
  for (const { size, demands } of measured.slice(0, COMFORTABLE_SIZES)) {
    const eased = demands.map((demand) => ({
      ...demand,
      least: Math.max(demand.least, demand.isText ? Math.min(demand.wanted, size * COMFORTABLE_EMS) : 0),
    }));
    if (sum(eased.map(({ least }) => least)) <= pageWidth) return fits(size, eased);
  }
  for (const { size, demands } of measured) {
    if (sum(demands.map(({ least }) => least)) <= pageWidth) return fits(size, demands);
  }
  const [, , middle] = SIZES;
  return split(measure(table, middle), middle, pageWidth);
}

function measure(table: PdfTable, size: number): Demand[] {
  const rows = table.rows.slice(0, MEASURED_ROWS);
  return table.columns.map((column, index) => {
    let cells = 0;
    let words = 0;
    const look = (text: string, weight: 'regular' | 'bold') => {
      const width = widthOfText(text, size, weight);
      cells = Math.max(cells, width);
      words = Math.max(words, column.wraps ? Math.min(widestWord(text, size, weight), size * 12) : width);
    };
    for (const row of rows) look(row[index]?.text ?? '', 'regular');
    if (table.totalRow !== undefined) look(table.totalRow[index]?.text ?? '', 'bold');
    const header = widthOfText(column.label, size, 'bold');
    // a header may take three lines, but two hanzi stay together
    const headerWord = Math.min(
      header,
      Math.max(widestWord(column.label, size, 'bold'), header / 2.6, size * 2),
    );
    const least = Math.max(words, headerWord, column.wraps ? Math.min(cells, size * 4) : 0);
    const wanted = Math.max(least, cells, Math.min(header, size * 9));
    return { least: least + 2 * CELL_PADDING.x, wanted: wanted + 2 * CELL_PADDING.x, isText: column.wraps };
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

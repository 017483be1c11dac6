import type { CellValue, TableRow } from './table.js';

/** Says which field a header cell names; null when none. Gets the cell trimmed. */
export type HeaderMatcher = (headerCell: string) => string | null;

/** A line above the header: a report's title, `导出时间：…`. */
export interface TitleLine {
  readonly row: number;
  readonly cells: readonly CellValue[];
}

/** The header of a table, and what stood above it. */
export interface HeaderRow {
  readonly row: number;
  /** Trimmed; unique: the first of a repeated name keeps it, later ones become `name_2`, `name_3`. Empty cells stay ''. */
  readonly names: readonly string[];
  /** The field of each column; only the first column of a field has it. */
  readonly fields: readonly (string | null)[];
  readonly titles: readonly TitleLine[];
}

/** What a row below the header is; only `data` counts as a row. */
export type RowKind = 'data' | 'blank' | 'total' | 'header';

const TOTAL = /^(?:合计|总计|小计|汇总)[:：]?$/;
// Byte order marks survive in the middle of concatenated exports; \s has the full-width space.
const EDGE = /^[\s\ufeff\u200b]+|[\s\ufeff\u200b]+$/g;

/** A header cell as text without the spaces (also full-width) and marks around it. */
export function headerText(cell: CellValue): string {
  return String(cell ?? '').replace(EDGE, '');
}

/**
 * Finds the header among the first rows of a table: the row in which `match` knows the most different fields, the
 * first of them on a tie. null when no row has any.
 */
export function findHeaderRow(rows: readonly TableRow[], match: HeaderMatcher): HeaderRow | null {
  let best: { readonly at: number; readonly known: number } | null = null;
  for (const [at, { cells }] of rows.entries()) {
    const known = new Set(cells.map((cell) => fieldOf(cell, match)).filter((field) => field !== null)).size;
    if (known > (best?.known ?? 0)) best = { at, known };
  }
  if (best === null) return null;
  const header = rows[best.at];
  if (header === undefined) return null;
  const taken = new Set<string>();
  const fields = header.cells.map((cell) => {
    const field = fieldOf(cell, match);
    if (field === null || taken.has(field)) return null;
    taken.add(field);
    return field;
  });
  const titles = rows.slice(0, best.at).filter(({ cells }) => !isBlank(cells));
  return { row: header.row, names: uniqueNames(header.cells), fields, titles };
}

/** Tells data from blank lines, 合计 lines and headers that a page or a second export repeats. */
export function rowKind(header: HeaderRow, cells: readonly CellValue[]): RowKind {
  const first = cells.find((cell) => headerText(cell) !== '');
  if (first === undefined) return 'blank';
  if (typeof first === 'string') {
    if (TOTAL.test(first.replace(/[\s\u200b\ufeff]/g, ''))) return 'total';
    if (isHeaderAgain(header, cells)) return 'header';
  }
  return 'data';
}

function fieldOf(cell: CellValue, match: HeaderMatcher): string | null {
  if (typeof cell !== 'string') return null;
  const text = headerText(cell);
  return text === '' ? null : match(text);
}

function isBlank(cells: readonly CellValue[]): boolean {
  return cells.every((cell) => headerText(cell) === '');
}

/** The first name is compared first: nearly every row ends there. */
function isHeaderAgain(header: HeaderRow, cells: readonly CellValue[]): boolean {
  const again = (name: string, at: number): boolean => {
    const text = headerText(cells[at] ?? null);
    return name === text || name.replace(/_\d+$/, '') === text;
  };
  return (
    header.names.every(again) && cells.slice(header.names.length).every((cell) => headerText(cell) === '')
  );
}

function uniqueNames(cells: readonly CellValue[]): string[] {
  const taken = new Set(cells.map(headerText));
  const seen = new Set<string>();
  return cells.map((cell) => {
    const name = headerText(cell);
    if (name === '' || !seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 2;
    while (taken.has(`${name}_${number}`)) number += 1;
    taken.add(`${name}_${number}`);
    return `${name}_${number}`;
  });
}

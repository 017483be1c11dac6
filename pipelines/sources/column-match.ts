import type { CellValue } from '../../formats/index.js';
import type { Source } from '../source.js';

/** A header that the user mapped: `column_aliases` of the settings or `--map header=field`. */
export interface ColumnAlias {
  readonly header: string;
  /** Canonical column; one that a source does not have does not concern it. */
  readonly field: string;
}

/** How a row of cells reads as the header of a source. */
export interface TableMatch {
  readonly source: Source;
  /** By position: the canonical column, null for a header that no alias knows. */
  readonly columns: readonly (string | null)[];
  /** Required groups of which no column is there; empty: the table is the source's. */
  readonly missing: readonly (readonly string[])[];
  /** Known headers, `open` ones included; compares rows of one table with each other. */
  readonly known: number;
  /** Headers that are neither blank nor known. */
  readonly unknown: number;
}

/** A longer cell names no column, and one of megabytes must not cost seconds to find that out. */
const LONGEST_HEADER = 1_000;

/**
 * Headers are compared in compatibility form (full-width folded), in lower case, without any blanks, zero-width
 * characters and the marks that forms put on them (`*姓名`, `姓名：`).
 */
export function foldHeader(text: string): string {
  return text
    .slice(0, LONGEST_HEADER)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u200b-\u200d\u2060\ufeff]+/gu, '')
    .replace(/^\*+|[*:]+$/gu, '');
}

/**
 * The source whose header these cells are, or, when it is nobody's, the one it comes nearest to (then `missing`
 * says what a user would have to map). null when no cell is a column of any source. Of several that have all
 * they require, the one that knows most of the headers wins; the order of `sources` breaks ties.
 */
export function matchTable(
  header: readonly CellValue[],
  sources: readonly Source[],
  aliases: readonly ColumnAlias[] = [],
): TableMatch | null {
  let best: TableMatch | null = null;
  // Once for all sources: rows of 100,000 cells are asked for too.
  const folded = foldCells(header);
  for (const source of sources) {
    const match = matchFolded(header, folded, source, aliases);
    if (match !== null && match.known > 0 && (best === null || isBetter(match, best))) best = match;
  }
  return best;
}

/** The same for one source (`--as`); null when it has no table. */
export function matchSource(
  header: readonly CellValue[],
  source: Source,
  aliases: readonly ColumnAlias[] = [],
): TableMatch | null {
  return matchFolded(header, foldCells(header), source, aliases);
}

function foldCells(cells: readonly CellValue[]): readonly (string | null)[] {
  return cells.map((cell) => (typeof cell === 'string' ? foldHeader(cell) : null));
}

function matchFolded(
  header: readonly CellValue[],
  folded: readonly (string | null)[],
  source: Source,
  aliases: readonly ColumnAlias[],
): TableMatch | null {
  if (source.table === null) return null;
  const index = indexOf(source);
  const mapped = new Map(aliases.map(({ header: text, field }) => [foldHeader(text), field]));
  const candidates = folded.map((cell) => candidateOf(cell, index, mapped));
  // Two headers of one column: the better alias has it, of equal ones (a repeated header) the first.
  const owner = new Map<string, { readonly at: number; readonly rank: number }>();
  candidates.forEach((candidate, at) => {
    if (candidate === null) return;
    const known = owner.get(candidate.column);
    if (known === undefined || candidate.rank < known.rank) {
      owner.set(candidate.column, { at, rank: candidate.rank });
    }
  });
  const columns = candidates.map((candidate, at) =>
    candidate !== null && owner.get(candidate.column)?.at === at ? candidate.column : null,
  );
  const { open, required } = source.table;
  let known = owner.size;
  let unknown = 0;
  header.forEach((cell, at) => {
    if (typeof cell !== 'string' || cell.trim() === '') return;
    if (candidates[at] !== null && candidates[at] !== undefined) return;
    if (open?.test(cell.trim()) === true) known += 1;
    else unknown += 1;
  });
  const missing = required.filter((group) => !group.some((column) => owner.has(column)));
  return { source, columns, missing, known, unknown };
}

/** Header cell → canonical column of one source, for finding its header among title lines. */
export function headerMatcher(
  source: Source,
  aliases: readonly ColumnAlias[] = [],
): (headerCell: string) => string | null {
  const index = indexOf(source);
  const mapped = new Map(aliases.map(({ header, field }) => [foldHeader(header), field]));
  return (headerCell) => candidateOf(foldHeader(headerCell), index, mapped)?.column ?? null;
}

/** What the nearest source lacks, for the message of `unknown_layout`: `wecom-watch: watch_seconds（观看时长）`. */
export function describeMissing(match: TableMatch): string {
  const columns = match.source.table?.columns ?? [];
  const groups = match.missing.map((group) =>
    group
      .map((name) => {
        const example = columns
          .find((column) => column.name === name)
          ?.aliases.find((alias) => foldHeader(alias) !== name);
        return example === undefined ? name : `${name}（${example}）`;
      })
      .join(' / '),
  );
  return `${match.source.name}: ${groups.join(', ')}`;
}

function isBetter(match: TableMatch, best: TableMatch): boolean {
  const complete = match.missing.length === 0;
  if (complete !== (best.missing.length === 0)) return complete;
  if (match.known !== best.known) return match.known > best.known;
  if (match.missing.length !== best.missing.length) return match.missing.length < best.missing.length;
  return match.unknown < best.unknown;
}

interface Candidate {
  readonly column: string;
  /** Smaller is better: -2 mapped by the user, -1 the column's own name, then the place in the list of aliases. */
  readonly rank: number;
}

function candidateOf(
  folded: string | null,
  index: ReadonlyMap<string, Candidate>,
  mapped: ReadonlyMap<string, string>,
): Candidate | null {
  if (folded === null) return null;
  const field = mapped.get(folded);
  if (field !== undefined) {
    const column = index.get(foldHeader(field))?.column;
    if (column !== undefined) return { column, rank: -2 };
  }
  return index.get(folded) ?? null;
}

const indexes = new WeakMap<Source, ReadonlyMap<string, Candidate>>();

/** Folded header → column, made once a source: a file asks for every row until its header is found. */
function indexOf(source: Source): ReadonlyMap<string, Candidate> {
  const known = indexes.get(source);
  if (known !== undefined) return known;
  const index = new Map<string, Candidate>();
  const columns = source.table?.columns ?? [];
  for (const { name } of columns) index.set(foldHeader(name), { column: name, rank: -1 });
  for (const { name, aliases } of columns) {
    aliases.forEach((alias, rank) => {
      const folded = foldHeader(alias);
      if (!index.has(folded)) index.set(folded, { column: name, rank });
    });
  }
  indexes.set(source, index);
  return index;
}

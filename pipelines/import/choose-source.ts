import type { TableRow, TextRecord } from '../../formats/index.js';
import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import {
  describeMissing,
  matchSource,
  matchTable,
  type ColumnAlias,
  type TableMatch,
} from '../sources/column-match.js';
import type { Source } from '../source.js';

/** Rows looked at for a header: titles of exports are a few lines. */
export const HEADER_SEARCH_ROWS = 40;
/** Readable records that are asked whose they are. */
const RECORDS_LOOKED_AT = 50;
/** So many unreadable ones may stand before them. */
export const RECORD_SEARCH_LENGTH = 5_000;

/** The header of a table: which row it is, whose, and what its columns mean. */
export interface FoundHeader {
  /** Index among the rows given. */
  readonly at: number;
  readonly match: TableMatch;
}

/** Finds the header among the first rows of a table: of rows that have all a source requires, the one that knows most. */
export function findHeader(
  rows: readonly TableRow[],
  sources: readonly Source[],
  aliases: readonly ColumnAlias[],
): Outcome<FoundHeader, FileFailure> {
  const { best, nearest } = searchHeader(rows, sources, aliases);
  return best === null ? fail(unknownLayout(nearest?.match ?? null, rows)) : succeed(best);
}

/** Of a table that no source takes: the row that comes nearest to a header, and whose; null when no column is known. */
export function nearestHeader(
  rows: readonly TableRow[],
  sources: readonly Source[],
  aliases: readonly ColumnAlias[],
): FoundHeader | null {
  return searchHeader(rows, sources, aliases).nearest;
}

function searchHeader(
  rows: readonly TableRow[],
  sources: readonly Source[],
  aliases: readonly ColumnAlias[],
): { readonly best: FoundHeader | null; readonly nearest: FoundHeader | null } {
  let best: FoundHeader | null = null;
  let nearest: FoundHeader | null = null;
  const only = sources.length === 1 ? sources[0] : undefined;
  for (const [at, row] of rows.slice(0, HEADER_SEARCH_ROWS).entries()) {
    const match =
      only === undefined ? matchTable(row.cells, sources, aliases) : matchSource(row.cells, only, aliases);
    if (match === null) continue;
    if (match.missing.length > 0) {
      if (nearest === null || match.known > nearest.match.known) nearest = { at, match };
    } else if (best === null || match.known > best.match.known) {
      best = { at, match };
    }
  }
  return { best, nearest };
}

function unknownLayout(nearest: TableMatch | null, rows: readonly TableRow[]): FileFailure {
  if (nearest === null) {
    const widest = rows.reduce<TableRow | null>(
      (most, row) => (row.cells.length > (most?.cells.length ?? 0) ? row : most),
      null,
    );
    if (widest === null) return { code: 'unknown_layout' };
    return { code: 'unknown_layout', detail: found('列 / columns', widest.cells.length, widest.cells) };
  }
  return { code: 'unknown_layout', detail: describeMissing(nearest) };
}

/** Whose records these are, by the first of them that are JSON. */
export function chooseByRecords(
  records: readonly TextRecord[],
  sources: readonly Source[],
): Outcome<Source, FileFailure> {
  const values: unknown[] = [];
  for (const { text } of records) {
    if (values.length >= RECORDS_LOOKED_AT) break;
    try {
      values.push(JSON.parse(text));
    } catch {
      // A bad row says nothing of whose file it is.
    }
  }
  let best: { source: Source; sureness: number } | null = null;
  for (const source of sources) {
    const sureness = values.reduce<number>((most, value) => Math.max(most, source.recognize(value)), 0);
    if (sureness >= 0.5 && (best === null || sureness > best.sureness)) best = { source, sureness };
  }
  if (best !== null) return succeed(best.source);
  const first = values.find((value) => typeof value === 'object' && value !== null);
  if (first === undefined) return fail({ code: 'unknown_layout' });
  const keys = Object.keys(first);
  return fail({ code: 'unknown_layout', detail: found('JSON 字段 / keys', keys.length, keys) });
}

/** Words that no id, name or number of a person can be: what stands in a file without a header may be read by others. */
const PLAIN_WORD = /^[a-z]+(?:_[a-z]+)*$/u;
const WORDS_SHOWN = 8;

function found(what: string, count: number, words: readonly unknown[]): string {
  const plain = words.filter(
    (word) => typeof word === 'string' && word.length <= 24 && PLAIN_WORD.test(word),
  );
  const shown = plain.slice(0, WORDS_SHOWN).join(', ');
  return `${what}: ${count}${shown === '' ? '' : ` – ${shown}`}`;
}

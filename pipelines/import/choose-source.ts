import type { TableRow, TextRecord } from '../../formats/index.js';
import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import { matchSource, matchTable, type ColumnAlias, type TableMatch } from '../sources/column-match.js';
import type { Source } from '../source.js';

/** Rows looked at for a header: titles of exports are a few lines. */
export const HEADER_SEARCH_ROWS = 40;
const RECORDS_LOOKED_AT = 50;

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
  let best: FoundHeader | null = null;
  let nearest: TableMatch | null = null;
  const only = sources.length === 1 ? sources[0] : undefined;
  for (const [at, row] of rows.slice(0, HEADER_SEARCH_ROWS).entries()) {
    const match =
      only === undefined ? matchTable(row.cells, sources, aliases) : matchSource(row.cells, only, aliases);
    if (match === null) continue;
    if (match.missing.length > 0) {
      if (nearest === null || match.known > nearest.known) nearest = match;
    } else if (best === null || match.known > best.match.known) {
      best = { at, match };
    }
  }
  return best === null ? fail(unknownLayout(nearest)) : succeed(best);
}

function unknownLayout(nearest: TableMatch | null): FileFailure {
  if (nearest === null) return { code: 'unknown_layout' };
  const missing = nearest.missing.map((group) => group.join(' / ')).join(', ');
  return { code: 'unknown_layout', detail: `${nearest.source.name}: ${missing}` };
}

/** Whose records these are, by the first of them that are JSON. */
export function chooseByRecords(
  records: readonly TextRecord[],
  sources: readonly Source[],
): Outcome<Source, FileFailure> {
  const values: unknown[] = [];
  for (const { text } of records.slice(0, RECORDS_LOOKED_AT)) {
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
  return best === null ? fail({ code: 'unknown_layout' }) : succeed(best.source);
}

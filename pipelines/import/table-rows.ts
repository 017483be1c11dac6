import {
  headerText,
  rowKind,
  type CellValue,
  type HeaderRow,
  type OpenedFile,
  type TableChunk,
  type TableRow,
} from '../../formats/index.js';
import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import type { TableMatch } from '../sources/column-match.js';
import type { Source, SourceRow } from '../source.js';
import { findHeader, HEADER_SEARCH_ROWS } from './choose-source.js';
import type { Input, InputOptions, InputRow } from './input.js';
import { Peekable } from './peekable.js';

/** Opens a file of tables: the first header that is a source's decides whose it is. */
export async function openTables(
  name: string,
  file: OpenedFile,
  sources: readonly Source[],
  options: InputOptions,
): Promise<Outcome<Input, FileFailure>> {
  if (file.content.kind !== 'table') throw new Error('not a table');
  const { format } = file;
  const chunks = new Peekable(file.content.chunks());
  // The first table with a header of ours decides; a sheet of notes before it is skipped.
  const first = await findFirstHeader(chunks, sources, options, format === 'csv');
  if (!first.ok) return first;
  const { source } = first.value;
  const titles: string[] = [];
  const tables: string[] = [];
  async function* rows(): AsyncIterable<readonly InputRow[]> {
    let tableIndex = -1;
    let table: string | null = null;
    let waiting: TableRow[] = [];
    let header: { match: TableMatch; cells: readonly CellValue[]; row: HeaderRow } | null = null;
    let tableTitles: readonly string[] = [];
    const settle = (last: boolean): readonly InputRow[] => {
      if (header === null) {
        if (waiting.length < HEADER_SEARCH_ROWS && !last) return [];
        const found = findHeader(waiting, [source], options.aliases);
        if (!found.ok) {
          waiting = last ? [] : waiting.slice(0, HEADER_SEARCH_ROWS);
          return [];
        }
        const { at, match } = found.value;
        const cells = waiting[at]?.cells ?? [];
        header = { match, cells, row: headerRow(cells) };
        tableTitles = waiting
          .slice(0, at)
          .map(({ cells }) => cells.map(headerText).filter(Boolean).join(' '));
        titles.push(...tableTitles);
        tableIndex++;
        waiting = waiting.slice(at + 1);
      }
      const { match, cells: headerCells, row: known } = header;
      const ready = waiting.flatMap((row): InputRow[] =>
        rowKind(known, row.cells) === 'data'
          ? [
              {
                place: placeOf(name, format, table ?? '', row.row),
                row: succeed(toSourceRow(match, headerCells, row.cells)),
                original: () => JSON.stringify(originalOf(headerCells, row.cells)),
                table: table ?? '',
                tableIndex,
                titles: tableTitles,
              },
            ]
          : [],
      );
      waiting = [];
      return ready;
    };
    for await (const chunk of chunks.read()) {
      if (chunk.table !== table) {
        const ready = settle(true);
        if (ready.length > 0) yield ready;
        table = chunk.table;
        tables.push(table);
        // A table in a PDF goes on over its pages under one header.
        if (format !== 'pdf') header = null;
      }
      waiting.push(...chunk.rows);
      const ready = settle(false);
      if (ready.length > 0) yield ready;
    }
    const ready = settle(true);
    if (ready.length > 0) yield ready;
  }
  return succeed({
    source,
    opened: file,
    rows,
    lines: null,
    summary: () => ({}),
    words: () => ({ titles, tables }),
  });
}

function headerRow(cells: readonly CellValue[]): HeaderRow {
  return { row: 0, names: cells.map(headerText), fields: cells.map(() => null), titles: [] };
}

async function findFirstHeader(
  chunks: Peekable<TableChunk>,
  sources: readonly Source[],
  options: InputOptions,
  isOneTable: boolean,
): Promise<Outcome<TableMatch, FileFailure>> {
  let table: string | null = null;
  let seen: TableRow[] = [];
  let failure: FileFailure = { code: 'unknown_layout' };
  const look = (): TableMatch | null => {
    const found = findHeader(seen, sources, options.aliases);
    if (found.ok) return found.value.match;
    if (found.failure.detail !== undefined || failure.detail === undefined) failure = found.failure;
    return null;
  };
  for await (const chunk of chunks.peek()) {
    if (chunk.table !== table) {
      const match = look();
      if (match !== null) return succeed(match);
      table = chunk.table;
      seen = [];
    }
    if (seen.length >= HEADER_SEARCH_ROWS) {
      // Of a table without a header of ours nothing more is needed than that it was there.
      chunks.replaceLast({ table: chunk.table, rows: [] });
      continue;
    }
    seen.push(...chunk.rows.slice(0, HEADER_SEARCH_ROWS - seen.length));
    if (seen.length >= HEADER_SEARCH_ROWS) {
      const match = look();
      if (match !== null) return succeed(match);
      // No other table can come: the gigabytes that follow need not be read to be refused.
      if (isOneTable) return fail(failure);
    }
  }
  const match = look();
  return match === null ? fail(failure) : succeed(match);
}

/** A row by the columns of its header. */
export function toSourceRow(
  match: TableMatch,
  headerCells: readonly CellValue[],
  cells: readonly CellValue[],
): SourceRow {
  const known: Record<string, CellValue> = {};
  const headers: Record<string, string> = {};
  const others: Record<string, CellValue> = {};
  headerCells.forEach((headerCell, at) => {
    const column = match.columns[at] ?? null;
    const text = headerText(headerCell);
    const cell = cells[at] ?? null;
    if (column !== null) {
      known[column] = cell;
      headers[column] = text;
    } else if (text !== '' && !(text in others)) {
      others[text] = cell;
    }
  });
  return { from: 'table', cells: known, headers, others };
}

function originalOf(
  headerCells: readonly CellValue[],
  cells: readonly CellValue[],
): Record<string, CellValue> {
  const original: Record<string, CellValue> = {};
  cells.forEach((cell, at) => {
    const text = headerText(headerCells[at] ?? null);
    original[text === '' ? `column ${at + 1}` : text in original ? `${text} ${at + 1}` : text] = cell;
  });
  return original;
}

function placeOf(name: string, format: OpenedFile['format'], table: string, row: number): string {
  if (format === 'csv') return `${name}:${row}`;
  return format === 'xlsx' ? `${name}!${table}!A${row}` : `${name}!${table}:${row}`;
}

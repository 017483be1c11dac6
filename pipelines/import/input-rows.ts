import { basename } from 'node:path';
import {
  FormatError,
  headerText,
  openFile,
  rowKind,
  type CellValue,
  type HeaderRow,
  type OpenedFile,
  type TableRow,
  type TextRecord,
} from '../../formats/index.js';
import {
  fail,
  succeed,
  type AdapterName,
  type FileFailure,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import type { ColumnAlias, TableMatch } from '../sources/column-match.js';
import type { FileSummary, Source, SourceRow } from '../source.js';
import { Peekable } from './peekable.js';
import { chooseByRecords, findHeader, HEADER_SEARCH_ROWS, RECORD_SEARCH_LENGTH } from './choose-source.js';

/** One row for a source, and what is needed to tell of it when it is bad. */
export interface InputRow {
  /** `file:17`, `$[3]`, `file!sheet!A17`. */
  readonly place: string;
  /** A row the source can look at, or why there is none. */
  readonly row: Outcome<SourceRow, RejectFailure>;
  /** The row as it stood, as JSON text; made only when a row is rejected. */
  original(): string;
  readonly table: string;
  readonly tableIndex: number;
  readonly titles: readonly string[];
}

export interface InputOptions {
  readonly passwords: readonly string[];
  /** `--as`: this source alone. */
  readonly adapter: AdapterName | null;
  readonly aliases: readonly ColumnAlias[];
}

/** A file opened as rows of a known source. */
export interface Input {
  readonly source: Source;
  readonly opened: OpenedFile;
  /** Throws FileRefused when the file turns out to be none of the source's after all. */
  rows(): AsyncIterable<readonly InputRow[]>;
  /** After the last row: what the file covers. */
  summary(): FileSummary;
  /** Titles and table names seen so far. */
  words(): { readonly titles: readonly string[]; readonly tables: readonly string[] };
}

/** A file that is refused while its rows are read (missing pages, an error reply). */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  constructor(readonly failure: FileFailure) {
    super(failure.code);
  }
}

/** Opens a file by its content and finds whose it is. The caller closes `value.opened`. */
export async function openInput(
  path: string,
  sources: readonly Source[],
  options: InputOptions,
): Promise<Outcome<Input, FileFailure>> {
  const candidates =
    options.adapter === null ? sources : sources.filter((source) => source.name === options.adapter);
  const opened = await openFileOutcome(path, options.passwords);
  if (!opened.ok) return opened;
  const file = opened.value;
  try {
    const input =
      file.content.kind === 'table'
        ? await openTables(basename(path), file, candidates, options)
        : await openRecords(basename(path), file, candidates, options);
    if (!input.ok) await file.close();
    return input;
  } catch (error) {
    await file.close();
    if (error instanceof FormatError) return fail(error.failure);
    throw error;
  }
}

/** openFile with the system's own errors as failures too. */
export async function openFileOutcome(
  path: string,
  passwords: readonly string[],
): Promise<Outcome<OpenedFile, FileFailure>> {
  try {
    const opened = await openFile(path, { passwords });
    return opened.ok ? succeed(opened.value) : fail(opened.failure);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'EPERM') {
      return fail({ code: 'not_found', detail: code });
    }
    throw error;
  }
}

async function openTables(
  name: string,
  file: OpenedFile,
  sources: readonly Source[],
  options: InputOptions,
): Promise<Outcome<Input, FileFailure>> {
  if (file.content.kind !== 'table') throw new Error('not a table');
  const { format } = file;
  const chunks = new Peekable(file.content.chunks());
  // The first table with a header of ours decides; a sheet of notes before it is skipped.
  const first = await findFirstHeader(chunks.peek(), sources, options);
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
          if (last) waiting = [];
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
    summary: () => ({}),
    words: () => ({ titles, tables }),
  });
}

function headerRow(cells: readonly CellValue[]): HeaderRow {
  return { row: 0, names: cells.map(headerText), fields: cells.map(() => null), titles: [] };
}

async function findFirstHeader(
  chunks: AsyncIterable<{ readonly table: string; readonly rows: readonly TableRow[] }>,
  sources: readonly Source[],
  options: InputOptions,
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
  for await (const chunk of chunks) {
    if (chunk.table !== table) {
      const match = look();
      if (match !== null) return succeed(match);
      table = chunk.table;
      seen = [];
    }
    if (seen.length >= HEADER_SEARCH_ROWS) continue;
    seen.push(...chunk.rows.slice(0, HEADER_SEARCH_ROWS - seen.length));
    if (seen.length >= HEADER_SEARCH_ROWS) {
      const match = look();
      if (match !== null) return succeed(match);
    }
  }
  const match = look();
  return match === null ? fail(failure) : succeed(match);
}

function toSourceRow(
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

async function openRecords(
  name: string,
  file: OpenedFile,
  sources: readonly Source[],
  options: InputOptions,
): Promise<Outcome<Input, FileFailure>> {
  if (file.content.kind !== 'records') throw new Error('not records');
  const { content } = file;
  const chunks = new Peekable(content.chunks());
  const forced = options.adapter === null ? undefined : sources[0];
  const chosen = forced === undefined ? await chooseByFirstRecords(chunks.peek(), sources) : succeed(forced);
  if (!chosen.ok) return chosen;
  const source = chosen.value;
  const reader = source.records?.() ?? null;
  let summary: FileSummary = {};
  const place = (position: number): string =>
    content.root === 'lines' ? `${name}:${position}` : content.root === 'array' ? `$[${position}]` : '$';
  async function* rows(): AsyncIterable<readonly InputRow[]> {
    for await (const records of chunks.read()) {
      const ready: InputRow[] = [];
      for (const { position, text } of records) {
        const parsed = parseJson(text);
        if (!parsed.ok && reader !== null) {
          throw new FileRefused({ code: 'damaged', detail: place(position) });
        }
        if (!parsed.ok) {
          ready.push(new RecordRow(place, position, text, fail({ code: 'not_json' })));
        } else if (reader === null) {
          ready.push(new RecordRow(place, position, text, succeed({ from: 'json', value: parsed.value })));
        } else {
          const expanded = reader.expand(parsed.value);
          if (!expanded.ok) throw new FileRefused(expanded.failure);
          for (const { place: suffix, value } of expanded.value) {
            ready.push({
              ...RECORD_TABLE,
              place: place(position) + suffix.replace(/^\$/, ''),
              row: succeed({ from: 'json', value }),
              original: () => JSON.stringify(value),
            });
          }
        }
      }
      if (ready.length > 0) yield ready;
    }
    const finished = reader?.finish();
    if (finished?.ok === false) throw new FileRefused(finished.failure);
    if (finished !== undefined) summary = finished.value;
  }
  return succeed({
    source,
    opened: file,
    rows,
    summary: () => summary,
    words: () => ({ titles: [], tables: [] }),
  });
}

/** Looks further than the first chunk only while nothing of it could be read. */
async function chooseByFirstRecords(
  chunks: AsyncIterable<readonly TextRecord[]>,
  sources: readonly Source[],
): Promise<Outcome<Source, FileFailure>> {
  const head: TextRecord[] = [];
  for await (const chunk of chunks) {
    head.push(...chunk);
    const chosen = chooseByRecords(head, sources);
    if (chosen.ok || head.length >= RECORD_SEARCH_LENGTH) return chosen;
  }
  return chooseByRecords(head, sources);
}

/** What records have instead of tables. */
const RECORD_TABLE = { table: '', tableIndex: 0, titles: [] as readonly string[] } as const;

/** A record that is one row. Files have millions: its place is put into words only when somebody asks. */
class RecordRow implements InputRow {
  readonly table = RECORD_TABLE.table;
  readonly tableIndex = RECORD_TABLE.tableIndex;
  readonly titles = RECORD_TABLE.titles;

  constructor(
    private readonly placeOfPosition: (position: number) => string,
    private readonly position: number,
    private readonly text: string,
    readonly row: Outcome<SourceRow, RejectFailure>,
  ) {}

  get place(): string {
    return this.placeOfPosition(this.position);
  }

  original(): string {
    return this.text;
  }
}

function parseJson(text: string): Outcome<unknown, 'not_json'> {
  try {
    return succeed<unknown>(JSON.parse(text));
  } catch {
    return fail('not_json');
  }
}

import {
  FormatError,
  headerText,
  type CellValue,
  type OpenedFile,
  type TableRow,
} from '../../formats/index.js';
import { describeFailure, type AdapterName, type FileFailure, type Language } from '../../schemas/index.js';
import type { ColumnAlias } from '../sources/column-match.js';
import type { Source } from '../source.js';
import {
  chooseByRecords,
  findHeader,
  HEADER_SEARCH_ROWS,
  nearestHeader,
  type FoundHeader,
} from './choose-source.js';
import { openFileOutcome } from './open-input.js';

/** How a file reads, as `wxlive inspect --json` prints it (PRODUCT §3). */
export interface InspectedFile {
  readonly file: string;
  readonly format: OpenedFile['format'] | null;
  readonly encrypted: { readonly scheme: string } | null;
  readonly encoding: string | null;
  readonly tables: readonly InspectedTable[];
  readonly adapter: {
    readonly name: AdapterName;
    /** Header as it stands → canonical column, null when no alias knows it. */
    readonly columns: Readonly<Record<string, string | null>>;
  } | null;
  /** Of an unknown layout: the adapter that knows most of its headers, and how it would read them. */
  readonly nearest: InspectedFile['adapter'];
  readonly error: { readonly code: string; readonly message: string; readonly fix: string } | null;
}

export interface InspectedTable {
  readonly name: string;
  /** Rows read, the header included. */
  readonly rows: number;
  /** All rows as read, as text; cut after `rows` of the options. */
  readonly cells: readonly (readonly string[])[];
}

export interface InspectOptions {
  readonly passwords: readonly string[];
  readonly aliases: readonly ColumnAlias[];
  /** Rows shown of each table; 0: all. */
  readonly rows: number;
  readonly language: Language;
}

/** Reads a file as import would, without loading it. */
export async function inspectFile(
  path: string,
  sources: readonly Source[],
  options: InspectOptions,
): Promise<InspectedFile> {
  const nothing: InspectedFile = {
    file: path,
    format: null,
    encrypted: null,
    encoding: null,
    tables: [],
    adapter: null,
    nearest: null,
    error: null,
  };
  const problem = (failure: FileFailure): InspectedFile['error'] => ({
    code: failure.code,
    ...describeFailure(failure, options.language),
  });
  const opened = await openFileOutcome(path, options.passwords);
  if (!opened.ok) {
    const found = 'encrypted' in opened.failure ? opened.failure.encrypted : null;
    return {
      ...nothing,
      encrypted: isEncryption(found) ? { scheme: found.scheme } : null,
      error: problem(opened.failure),
    };
  }
  const file = opened.value;
  const known = { ...nothing, format: file.format, encrypted: file.encrypted, encoding: file.encoding };
  try {
    return file.content.kind === 'table'
      ? { ...known, ...(await inspectTables(file, sources, options, problem)) }
      : { ...known, ...(await inspectRecords(file, sources, options, problem)) };
  } catch (error) {
    if (error instanceof FormatError) return { ...known, error: problem(error.failure) };
    throw error;
  } finally {
    await file.close();
  }
}

type Inspected = Pick<InspectedFile, 'tables' | 'adapter' | 'error'> &
  Partial<Pick<InspectedFile, 'nearest'>>;

async function inspectTables(
  file: OpenedFile,
  sources: readonly Source[],
  options: InspectOptions,
  problem: (failure: FileFailure) => InspectedFile['error'],
): Promise<Inspected> {
  const tables: { name: string; rows: number; cells: string[][] }[] = [];
  const heads: TableRow[][] = [];
  if (file.content.kind === 'table') {
    for await (const { table, rows } of file.content.chunks()) {
      let last = tables.at(-1);
      if (last?.name !== table) {
        last = { name: table, rows: 0, cells: [] };
        tables.push(last);
        heads.push([]);
      }
      last.rows += rows.length;
      const room = options.rows === 0 ? rows.length : Math.max(0, options.rows - last.cells.length);
      for (const { cells } of rows.slice(0, room)) last.cells.push(cells.map(cellText));
      const head = heads.at(-1);
      if (head !== undefined && head.length < HEADER_SEARCH_ROWS) head.push(...rows);
    }
  }
  let failure: FileFailure = { code: 'unknown_layout' };
  for (const head of heads) {
    const found = findHeader(head, sources, options.aliases);
    if (!found.ok) {
      if (failure.detail === undefined) failure = found.failure;
      continue;
    }
    return { tables, adapter: readColumns(head, found.value), error: null };
  }
  for (const head of heads) {
    const nearest = nearestHeader(head, sources, options.aliases);
    if (nearest === null) continue;
    return { tables, adapter: null, nearest: readColumns(head, nearest), error: problem(failure) };
  }
  return { tables, adapter: null, error: problem(failure) };
}

/** Each header of the row, and the column it means. */
function readColumns(
  head: readonly TableRow[],
  { at, match }: FoundHeader,
): NonNullable<InspectedFile['adapter']> {
  const columns: Record<string, string | null> = {};
  head[at]?.cells.forEach((cell, position) => {
    const header = headerText(cell);
    if (header !== '' && !(header in columns)) columns[header] = match.columns[position] ?? null;
  });
  return { name: match.source.name, columns };
}

async function inspectRecords(
  file: OpenedFile,
  sources: readonly Source[],
  options: InspectOptions,
  problem: (failure: FileFailure) => InspectedFile['error'],
): Promise<Inspected> {
  if (file.content.kind !== 'records') return { tables: [], adapter: null, error: null };
  let rows = 0;
  const cells: string[][] = [];
  let adapter: InspectedFile['adapter'] = null;
  let failure: FileFailure | null = null;
  for await (const records of file.content.chunks()) {
    if (rows === 0) {
      const chosen = chooseByRecords(records, sources);
      if (chosen.ok) adapter = { name: chosen.value.name, columns: {} };
      else failure = chosen.failure;
    }
    rows += records.length;
    const room = options.rows === 0 ? records.length : Math.max(0, options.rows - cells.length);
    for (const { text } of records.slice(0, room)) cells.push([text]);
  }
  return {
    tables: [{ name: file.format, rows, cells }],
    adapter,
    error: failure === null ? null : problem(failure),
  };
}

function cellText(cell: CellValue): string {
  return cell === null ? '' : String(cell);
}

function isEncryption(value: unknown): value is { scheme: string } {
  return typeof value === 'object' && value !== null && 'scheme' in value && typeof value.scheme === 'string';
}

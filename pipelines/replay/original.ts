import { z } from 'zod';
import { foldHeader, type ColumnAlias } from '../sources/column-match.js';

/** A bad row as it is sealed: what it said, and what of its file and command its source has to know to read it again. */
export interface RejectOriginal {
  /** `table`: `row` is an object of header → cell; `json`: the text of a record. */
  readonly from: 'table' | 'json';
  /** JSON text; of a record it may be broken. */
  readonly row: string;
  /** Name of the table, '' for records. */
  readonly table: string;
  readonly tableIndex: number;
  readonly titles: readonly string[];
  /** Base name of the file; '' without one. */
  readonly file: string;
  readonly room: string | null;
  readonly wallClockZone: string | null;
  readonly amountUnit: 'fen' | 'yuan' | null;
  /** `--exported-at`, UTC ms. */
  readonly exportedAt: number | null;
  readonly aliases: readonly ColumnAlias[];
}

const MARK = 'wxlive_reject';
const packedSchema = z.object({
  from: z.enum(['table', 'json']),
  row: z.string(),
  table: z.string().default(''),
  tableIndex: z.number().int().default(0),
  titles: z.array(z.string()).default([]),
  file: z.string().default(''),
  room: z.string().nullable().default(null),
  wallClockZone: z.string().nullable().default(null),
  amountUnit: z.enum(['fen', 'yuan']).nullable().default(null),
  exportedAt: z.number().nullable().default(null),
  aliases: z.array(z.object({ header: z.string(), field: z.string() })).default([]),
});

/** The text to be sealed. Only the aliases of the row's own headers are kept. */
export function packOriginal(original: RejectOriginal): string {
  return `{"${MARK}":1,"from":"${original.from}","row":${JSON.stringify(original.row)}${besideText(original)}}`;
}

/** What the rows of one table have in common is put into words once; theirs come one after the other. */
let lastBeside: { readonly of: Beside; readonly text: string } | null = null;
type Beside = Omit<RejectOriginal, 'from' | 'row'>;

function besideText(original: RejectOriginal): string {
  const { table, tableIndex, titles, file, room, wallClockZone, amountUnit, exportedAt } = original;
  const aliases = ownAliases(original);
  const last = lastBeside?.of;
  if (
    lastBeside !== null &&
    last?.table === table &&
    last.tableIndex === tableIndex &&
    last.titles === titles &&
    last.file === file &&
    last.room === room &&
    last.wallClockZone === wallClockZone &&
    last.amountUnit === amountUnit &&
    last.exportedAt === exportedAt &&
    last.aliases.length === 0 &&
    aliases.length === 0
  ) {
    return lastBeside.text;
  }
  const beside = { table, tableIndex, titles, file, room, wallClockZone, amountUnit, exportedAt, aliases };
  const text = Object.entries(beside)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `,"${name}":${JSON.stringify(value)}`)
    .join('');
  lastBeside = { of: beside, text };
  return text;
}

function ownAliases(original: RejectOriginal): readonly ColumnAlias[] {
  if (original.aliases.length === 0) return original.aliases;
  const headers = new Set(headersOf(original).map(foldHeader));
  return original.aliases.filter(({ header }) => headers.has(foldHeader(header)));
}

/**
 * What was sealed. A text that is the bare row (from HTTP and Kafka, or of an earlier version) is taken for a record,
 * unless `looksLikeTable` says that its place is one of a table.
 */
export function unpackOriginal(text: string, looksLikeTable: boolean): RejectOriginal {
  const value = text.includes(MARK) ? parsed(text) : null;
  if (typeof value === 'object' && value !== null && MARK in value) {
    const packed = packedSchema.safeParse(value);
    if (packed.success) return packed.data;
  }
  return {
    from: looksLikeTable ? 'table' : 'json',
    row: text,
    table: '',
    tableIndex: 0,
    titles: [],
    file: '',
    room: null,
    wallClockZone: null,
    amountUnit: null,
    exportedAt: null,
    aliases: [],
  };
}

function headersOf({ from, row }: RejectOriginal): string[] {
  const value = from === 'table' ? parsed(row) : null;
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

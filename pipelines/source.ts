import type {
  AdapterName,
  AttendanceScope,
  DraftRecord,
  FileFailure,
  Outcome,
  RejectFailure,
} from '../schemas/index.js';
import type { CellValue } from '../formats/index.js';

/** One row for a source: a table's row by canonical column, or a JSON value. */
export type SourceRow =
  | {
      readonly from: 'table';
      /** Canonical column → cell; columns the header does not have are absent. */
      readonly cells: Readonly<Record<string, CellValue>>;
      /** Header text as it stood, by canonical column: units hide in it (`观看时长（分钟）`). */
      readonly headers: Readonly<Record<string, string>>;
      /** Cells under headers that no alias knows (`props.KEY`), by trimmed header. */
      readonly others: Readonly<Record<string, CellValue>>;
    }
  | { readonly from: 'json'; readonly value: unknown };

/** What the framework tells a source about the file; never a path, a key or the settings object. */
export interface SourceContext {
  readonly adapter: AdapterName;
  /** `--room`, null when not given. */
  readonly room: string | null;
  /** When the input arrived. */
  readonly receivedAt: number;
  /** `--time-zone`; null: a wall-clock time in an own event is a reject. */
  readonly wallClockZone: string | null;
  /** `--amount-unit`; null: columns declare their own. */
  readonly amountUnit: 'fen' | 'yuan' | null;
  /** `event_map` of the settings: the customer's event name → canonical name. */
  readonly eventMap: Readonly<Record<string, string>>;
  /** Name of the table the row is in (sheet name), '' for records. */
  readonly table: string;
  /** From 0, in file order (sign-in rounds). */
  readonly tableIndex: number;
  /** Lines above the header. */
  readonly titles: readonly string[];
  /** The client itself sent it just now (HTTP): the moment of receipt then tells how far its clock is off. */
  readonly straightFromClient?: boolean;
}

/** A column a source understands. */
export interface SourceColumn {
  readonly name: string;
  /** Headers it goes by, compared trimmed, case-folded, full-width folded, blanks removed. */
  readonly aliases: readonly string[];
}

/** A JSON row within its record. */
export interface ExpandedRow {
  /** `$[3]`-like suffix below the record's own place, '' for the record itself. */
  readonly place: string;
  readonly value: unknown;
}

/** What a file as a whole turned out to cover. */
export interface FileSummary {
  /** Snapshot sources: whose lists the file holds in full. Absent: what its rows show. */
  readonly scopes?: readonly AttendanceScope[];
}

/** State over the records of one JSON file (pages, error replies). */
export interface RecordReader {
  /** The rows in one record; a failure refuses the whole file. */
  expand(record: unknown): Outcome<readonly ExpandedRow[], FileFailure>;
  /** After the last record. */
  finish(): Outcome<FileSummary, FileFailure>;
}

/**
 * A kind of input: pure, knows no reader, sees no key and no file name. Registered by one line in sources/index.ts.
 */
export interface Source {
  readonly name: AdapterName;
  /** Streamed row by row, or loaded as a whole at the end (snapshots, small tables). */
  readonly loads: 'stream' | 'whole';
  /** null when it never comes as a table. */
  readonly table: {
    readonly columns: readonly SourceColumn[];
    /** Of each group at least one column must be there for the table to be its own. */
    readonly required: readonly (readonly string[])[];
    /** Which unknown headers belong to it (`props.KEY`); null: none. */
    readonly open: RegExp | null;
    /** Several tables below each other or one a sheet, each with its own header. */
    readonly everyTable: boolean;
  } | null;
  /** How sure that a parsed JSON record is its own: 0 no, 1 certain. */
  recognize(record: unknown): number;
  /** null: each record is one row. */
  readonly records: (() => RecordReader) | null;
  /** One row → drafts; `[]` when the row says nothing (an item record, a summary line) and counts as no row. */
  normalize(row: SourceRow, context: SourceContext): Outcome<readonly DraftRecord[], RejectFailure>;
  /** Lists: what a file without a row says of the live that `--room` names. Absent: nothing. */
  readonly nobody?: (liveId: string) => DraftRecord;
  /**
   * After the last row of a table: whether it holds what its title lines promise. `rows` counts the rows that gave
   * drafts or rejects. A failure refuses the whole file.
   */
  readonly checkTable?: (
    context: Pick<SourceContext, 'table' | 'titles'>,
    rows: number,
  ) => Outcome<null, FileFailure>;
}

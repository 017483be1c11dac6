import type { OpenedFile } from '../../formats/index.js';
import type { AdapterName, FileFailure, Outcome, RejectFailure } from '../../schemas/index.js';
import type { ColumnAlias } from '../sources/column-match.js';
import type { FileSummary, Source, SourceRow } from '../source.js';

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
  /** Throws FileRefused when the file turns out to be none of the source's after all. Read once. */
  rows(): AsyncIterable<readonly InputRow[]>;
  /**
   * The file as lines of UTF-8 that are one row each, for readers on other threads; null when it is not such a file.
   * Instead of `rows`, not beside it.
   */
  readonly lines: (() => AsyncIterable<Buffer>) | null;
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

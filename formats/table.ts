/**
 * What every reader gives: rows of cells, or texts of records, in chunks, and what can go wrong on the way.
 * Knows nothing of live streaming.
 */

/** A cell as read. A spreadsheet date is wall-clock text: `2026-09-10 15:09:34[.sss]`, or `2026-09-10` at midnight with a date-only format. */
export type CellValue = string | number | boolean | null;

/** One row as it stood. */
export interface TableRow {
  /** From 1: physical line of a CSV, row of a sheet, row on the page of a PDF. */
  readonly row: number;
  readonly cells: readonly CellValue[];
}

/** Some rows of one table, in order. */
export interface TableChunk {
  /** Sheet name; `page 3` in a PDF; `csv` in a CSV. */
  readonly table: string;
  readonly rows: readonly TableRow[];
}

/** One record of a text format, not yet parsed. */
export interface TextRecord {
  /** Physical line from 1 (`lines`), index from 0 (`array`), 0 (`document`). */
  readonly position: number;
  /** The record's JSON text, NUL characters already removed. */
  readonly text: string;
}

export type Content =
  | {
      readonly kind: 'table';
      /** A chunk never mixes tables; rows of one table come in order, empty rows are left out. */
      chunks(): AsyncIterable<TableChunk>;
    }
  | {
      readonly kind: 'records';
      /** NDJSON, a JSON array, or one JSON document. */
      readonly root: 'lines' | 'array' | 'document';
      chunks(): AsyncIterable<readonly TextRecord[]>;
      /** Of lines: the file as UTF-8, for whoever cuts it up elsewhere (`readLines`). A block is valid until the next. */
      readonly utf8?: () => AsyncIterable<Buffer>;
    };

/** How a file was protected. */
export interface FoundEncryption {
  /** `agile`, `standard`, `pdf-r2` … `pdf-r6`. */
  readonly scheme: string;
}

export type FormatName = 'csv' | 'xlsx' | 'json' | 'ndjson' | 'pdf';

/**
 * An opened file. The promise every reader keeps: no chunk of `content` is yielded from a file that later turns
 * out unreadable (small files are parsed whole first, large ones are verified in a pass of their own).
 */
export interface OpenedFile {
  readonly format: FormatName;
  readonly encrypted: FoundEncryption | null;
  /** `utf-8`, `utf-16le`, `utf-16be`, `gb18030`; null for binary formats. */
  readonly encoding: string | null;
  /** Size in bytes as stored, for progress. */
  readonly bytes: number;
  readonly content: Content;
  /** Bytes consumed so far (of `bytes`), for progress. */
  consumed(): number;
  close(): Promise<void>;
}

/** Why a file cannot be read at all; the same names as PRODUCT §3. */
export const FORMAT_FAILURE_CODES = [
  'wrong_password',
  'password_missing',
  'damaged',
  'unsupported',
  'too_large',
  'empty',
] as const;
export type FormatFailureCode = (typeof FORMAT_FAILURE_CODES)[number];

export interface FormatFailure {
  readonly code: FormatFailureCode;
  /** One English clause saying what was found, without any content of the file: `the integrity HMAC does not match`. */
  readonly detail: string;
  /** Set when the file was recognised as encrypted before it failed. */
  readonly encrypted?: FoundEncryption | null;
}

/** Thrown inside and by `content.chunks()`; `openFile` turns it into a value. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  constructor(readonly failure: FormatFailure) {
    super(`${failure.code}: ${failure.detail}`);
  }
}

export interface OpenOptions {
  /** Each is tried on an encrypted file. */
  readonly passwords: readonly string[];
  readonly signal?: AbortSignal;
}

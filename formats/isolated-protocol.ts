/** What the parent and the child process of `isolated.ts` say to each other. */
import type { CellValue, FormatFailure, FoundEncryption, TableChunk } from './table.js';

/** What a reader in the child is asked to read. */
export interface ReaderTask {
  readonly path: string;
  /** Each is tried on an encrypted file. Sent over the channel, never as an argument or in the environment. */
  readonly passwords: readonly string[];
}

/** Sent once the whole file is known to be readable, before the first chunk. */
export interface ReaderHeader {
  readonly encrypted: FoundEncryption | null;
}

/** How a reader in the child hands over what it read. */
export interface ReaderOutput {
  /** Call exactly once, after the file has been verified: nothing may fail later. */
  header(header: ReaderHeader): void;
  /** Waits while the consumer is behind. Not before `header`. */
  chunk(chunk: TableChunk): Promise<void>;
  /** Bytes of the file read so far, for progress. */
  consumed(bytes: number): void;
  /**
   * Starts the time for opening, after the header the time between two chunks, anew: for a reader that must see much
   * of a file before it has something to say, and bounds its own work by what it has done.
   */
  extend(): void;
}

/**
 * A module that runs in the child exports this as `read`. It throws a `FormatError` for a file it refuses; any
 * other error counts as a damaged file.
 */
export type IsolatedReader = (task: ReaderTask, output: ReaderOutput) => Promise<void>;

export type ToChild =
  | {
      readonly kind: 'run';
      readonly id: number;
      /** URL of the module with the reader. */
      readonly module: string;
      readonly task: ReaderTask;
      readonly memoryMebibytes: number;
      readonly credits: number;
    }
  | { readonly kind: 'credit'; readonly id: number };

export type FromChild =
  | { readonly kind: 'header'; readonly id: number; readonly header: ReaderHeader; readonly consumed: number }
  | {
      readonly kind: 'chunk';
      readonly id: number;
      readonly consumed: number;
      readonly table: string;
      /** Row numbers beside their cells: a third cheaper on the wire than an object a row. */
      readonly numbers: readonly number[];
      readonly cells: readonly (readonly CellValue[])[];
    }
  | { readonly kind: 'extend'; readonly id: number; readonly consumed: number }
  | { readonly kind: 'end'; readonly id: number; readonly consumed: number; readonly reusable: boolean }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly failure: FormatFailure;
      readonly reusable: boolean;
    }
  /** The file could not be opened or read at all (`ENOENT`, `EACCES`, `EIO`). */
  | { readonly kind: 'system'; readonly id: number; readonly code: string };

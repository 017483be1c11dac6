import type { AdapterName, Outcome } from '../../schemas/index.js';
import type { PullFailure } from './pull-failure.js';

/** Replies that belong together, as one file would hold them. */
export interface PulledFile {
  /** What the batch calls them: the API and what was asked for. */
  readonly name: string;
  readonly adapter: AdapterName;
  /** Room or live of rows that carry none. */
  readonly room: string | null;
  /** JSON texts as they came. */
  readonly records: readonly string[];
}

/** What is pulled and remembered as a whole: a live, all rooms, a stream's day. */
export interface PulledUnit {
  /** Its name in the ledger. */
  readonly unit: string;
  /** UTC ms, just before its first page was asked for: the time of the export. */
  readonly pulledAt: number;
  /** The platform changes it no more. */
  readonly settled: boolean;
  /** There is something whole to remember: not of a live that has not ended. */
  readonly whole: boolean;
  readonly files: readonly PulledFile[];
}

/** What a pull comes across: a unit, one that failed, or one that needs no pull. */
export type PullStep =
  Outcome<PulledUnit, PullFailure & { readonly unit: string }> | { readonly skipped: true };

/** Makes steps until all is pulled or a failure ends it. */
export type Pull = AsyncIterable<PullStep>;

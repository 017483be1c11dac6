import type { AdapterName, CanonicalRecord } from '../../schemas/index.js';
import type { Reject } from '../load/rejects.js';

/** Requests of one adapter on their way to where they are durable, together. */
export interface Flush {
  readonly adapter: AdapterName;
  /** What `batches` calls the file: the route. */
  readonly route: string;
  /** When the first of the requests came, UTC ms. */
  readonly startedAt: number;
  readonly records: readonly CanonicalRecord[];
  /** The row each record came from, counted over the whole flush. */
  readonly recordRows: readonly number[];
  readonly rows: number;
  readonly rejects: readonly Reject[];
}

/** What became of a flush. */
export interface FlushReply {
  /** Of each record: 1 stored now (with Kafka: durably taken), 0 known already. */
  readonly accepted: Uint8Array;
}

/** Where flushes go: into the warehouse in this process, or to Kafka. One flush at a time. */
export interface FlushTarget {
  /** What is flushed shows in queries at once; otherwise whoever loads it measures that. */
  readonly visible: boolean;
  /** Resolves when everything in it, rejects included, is durable. A WarehouseError that is `transient` is tried again. */
  flush(flush: Flush): Promise<FlushReply>;
  /** After the last flush. */
  close(): Promise<void>;
}

/** Rows of which a record was accepted. Records of one row follow each other. */
export function acceptedRows(
  recordRows: readonly number[],
  accepted: Uint8Array,
  from = 0,
  to = recordRows.length,
): number {
  let rows = 0;
  let last = -1;
  for (let index = from; index < to; index++) {
    const row = recordRows[index] ?? -1;
    if (accepted[index] !== 1 || row === last) continue;
    rows++;
    last = row;
  }
  return rows;
}

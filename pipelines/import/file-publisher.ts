import type { SnapshotOptions } from '../bus/bus.js';
import type { BatchEntry } from '../load/batch-ledger.js';
import type { RecordPart } from '../load/record-part.js';
import type { Reject } from '../load/rejects.js';

/** The way of one file's rows to the warehouse: in this process, or through Kafka. */
export interface FilePublisher {
  /** What decided which of two exports is the newer one. */
  newerBy: BatchEntry['newerBy'];
  /** 0 before anything was worth a batch. */
  readonly number: number;
  /**
   * Takes what was read, and publishes when it is enough.
   * @param rowsLeft about so many rows are still to come
   */
  add(
    part: RecordPart,
    recordRows: Uint32Array,
    rejects: readonly Reject[],
    snapshot: SnapshotOptions,
    rowsLeft: number,
  ): Promise<void>;
  /** Publishes what was collected. */
  publish(snapshot: SnapshotOptions): Promise<void>;
  /** Nothing more comes. */
  finish(): Promise<void>;
}

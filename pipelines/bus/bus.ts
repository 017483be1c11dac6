import type { AttendanceScope, CanonicalRecord } from '../../schemas/index.js';
import type { AmendedBatch, LoadResult } from '../load/load-result.js';
import type { RecordPart } from '../load/record-part.js';

/** What a snapshot says beyond its rows. */
export interface SnapshotOptions {
  /** When the platform made the list, UTC ms. */
  readonly exportedAt: number;
  readonly scopes: readonly AttendanceScope[];
  readonly acceptShrink: boolean;
  /** Batches that brought the same bytes, the first of them first; see RecordBatch.retells. Absent: the bytes are new. */
  readonly repeats?: readonly number[];
}

/** Records on their way; published means durable. */
export interface BusMessage {
  readonly batchSeq: number;
  readonly records: readonly CanonicalRecord[];
  readonly snapshot: SnapshotOptions;
  readonly amends?: AmendedBatch;
}

export interface BusReply extends LoadResult {
  /** The list waits for --accept-shrink; nothing of the message was stored. */
  readonly held: boolean;
}

/** The one way from inputs to the warehouse: direct (this process loads) or Kafka. */
export interface Bus {
  /** Resolves when every record of the message is stored or known to be there already. */
  publish(message: BusMessage): Promise<BusReply>;
}

/** Records that were encoded as they were read: a million rows as objects would be half of what an import costs. */
export interface BatchParts {
  readonly batchSeq: number;
  readonly parts: readonly RecordPart[];
  readonly snapshot: SnapshotOptions;
  readonly amends?: AmendedBatch;
  /** More of the batch follows at once: earlier facts of people whom it links may wait for it, or for `settle`. */
  readonly continues?: boolean;
}

export interface PartsReply {
  /** Of each part: 1 for each record that was stored now. */
  readonly accepted: readonly Uint8Array[];
  readonly conflicts: number;
  readonly held: boolean;
}

/** A bus that loads in this process. */
export interface PartBus extends Bus {
  /** What keys of events are salted with, for RecordPartBuilder. */
  readonly salt: string;
  publishParts(message: BatchParts): Promise<PartsReply>;
  /** Resolves when nothing waits of messages that continue. */
  settle(): Promise<void>;
}

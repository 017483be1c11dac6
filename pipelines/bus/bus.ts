import type { AttendanceScope, CanonicalRecord } from '../../schemas/index.js';
import type { LoadResult } from '../load/load-result.js';

/** What a snapshot says beyond its rows. */
export interface SnapshotOptions {
  /** When the platform made the list, UTC ms. */
  readonly exportedAt: number;
  readonly scopes: readonly AttendanceScope[];
  readonly acceptShrink: boolean;
}

/** Records on their way; published means durable. */
export interface BusMessage {
  readonly batchSeq: number;
  readonly records: readonly CanonicalRecord[];
  readonly snapshot: SnapshotOptions;
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

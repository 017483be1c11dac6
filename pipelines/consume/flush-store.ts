import type { DirectBus } from '../bus/direct.js';
import { DeadLetters, type DeadLetterTools } from './dead-letters.js';
import { FileParts } from './file-parts.js';
import { readMessages } from './flush-messages.js';
import { LiveBatches } from './live-batches.js';
import type { Cut } from './partition-inbox.js';
import { RecordPublisher } from './record-publisher.js';
import { addRows, noRows } from './stored-rows.js';

export interface FlushTools extends DeadLetterTools {
  /** Loads in this process, into the same warehouse. */
  readonly bus: DirectBus;
}

/** What became of a flush. */
export interface StoredFlush {
  readonly rows: number;
  readonly accepted: number;
  readonly deadLetters: number;
  /** When its oldest message was sent, UTC ms; null without records. */
  readonly oldestSentAt: number | null;
}

/**
 * Stores the messages of some ranges. Throws what is worth another try; whatever can never be stored is a dead letter
 * and no failure. Run again with the same ranges it ends in the same state.
 */
export class FlushStore {
  private readonly live: LiveBatches;
  private readonly files: FileParts;

  constructor(private readonly tools: FlushTools) {
    const { bus, warehouse, logger } = tools;
    const letters = new DeadLetters(tools);
    const publisher = new RecordPublisher(bus, letters);
    this.live = new LiveBatches({ warehouse, publisher, letters, nextBatchSeq: () => bus.nextBatchSeq() });
    this.files = new FileParts({ warehouse, publisher, logger });
  }

  async store(cuts: readonly Cut[]): Promise<StoredFlush> {
    const content = readMessages(cuts);
    const { live, files, ends } = content;
    const total = noRows();
    try {
      addRows(total, await this.live.store(content));
      addRows(total, await this.files.store(files, ends));
    } catch (error) {
      // Batches it began stay open: whoever loads next closes them, and begins others.
      this.tools.bus.distrust();
      throw error;
    }
    const sent = [...live, ...files].map(({ sentAt }) => sentAt);
    return {
      rows: total.rows,
      accepted: total.accepted,
      deadLetters: total.rejected,
      oldestSentAt: sent.length === 0 ? null : sent.reduce((oldest, at) => Math.min(oldest, at)),
    };
  }
}

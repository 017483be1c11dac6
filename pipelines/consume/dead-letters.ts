import {
  DEFAULT_ACCOUNT,
  type AdapterName,
  type CanonicalRecord,
  type Logger,
  type RejectCode,
} from '../../schemas/index.js';
import { WarehouseError, type Warehouse } from '../../sql/index.js';
import type { KafkaBus } from '../bus/kafka-bus.js';
import { encodeRecords, packRecord } from '../bus/record-codec.js';
import { batchId } from '../load/batch-ledger.js';
import { rejectId, storeRejects, type Reject } from '../load/rejects.js';
import { maskPreview } from '../privacy/mask-preview.js';
import type { Seal } from '../privacy/seal.js';
import type { MessagePlace, PoisonMessage, RecordMessage } from './flush-messages.js';

export interface DeadLetterTools {
  /** As the holder of the lease writes to it. */
  readonly warehouse: Warehouse;
  /** Where dead letters go. */
  readonly letters: KafkaBus;
  readonly letterTopic: string;
  readonly seal: Seal;
  readonly logger: Logger;
  /** Names the topics of this cluster among all. */
  readonly cluster: string;
}

interface Letter {
  readonly id: string;
  readonly place: MessagePlace;
  readonly code: RejectCode;
  readonly reason: string;
  readonly original: string;
  readonly adapter: AdapterName;
  readonly account: string;
  readonly batchSeq: number;
  readonly pseudonyms: readonly string[];
}

/** What can never be stored: set aside in the topic and in `rejects`, its original sealed. The same one always has the same id. */
export class DeadLetters {
  constructor(private readonly tools: DeadLetterTools) {}

  /** A message that nobody can read. */
  async ofMessage({ place, message, reason }: PoisonMessage, batchSeq: number): Promise<void> {
    const id = rejectId(this.tools.cluster, whereOf(place));
    const original = originalOf(message.value);
    await this.bury({
      ...{ id, place, code: 'unreadable_message', reason, original },
      ...{ adapter: 'events', account: DEFAULT_ACCOUNT, batchSeq, pseudonyms: [] },
    });
  }

  /** Records that the database refuses for their own sake. */
  async ofRecords(message: RecordMessage, error: unknown, batchSeq: number): Promise<void> {
    const { place, records, beginsRow, adapter } = message;
    // As in a message: a replay reads it like one.
    const packed = records.map((record, at) => packRecord(record, beginsRow[at] === 1));
    const original = encodeRecords(packed).toString('utf8');
    const id = rejectId(this.tools.cluster, `${whereOf(place)}\u0000${original}`);
    const reason = error instanceof Error ? error.message : 'refused';
    const pseudonyms = pseudonymsOf(records);
    await this.bury({
      ...{ id, place, code: 'refused_by_warehouse', reason, original },
      ...{ adapter, account: accountOf(records), batchSeq, pseudonyms },
    });
  }

  private async bury({
    id,
    place,
    code,
    reason,
    original,
    adapter,
    account,
    batchSeq,
    pseudonyms,
  }: Letter): Promise<void> {
    const { warehouse, letters, letterTopic, seal, logger } = this.tools;
    const reject: Reject = {
      rejectId: id,
      place: whereOf(place),
      code,
      reason,
      preview: maskPreview(original),
      sealed: seal.seal(original, id),
      pseudonyms,
    };
    const origin = {
      batchId: batchId(batchSeq),
      adapter,
      account,
      receivedAt: Date.now(),
    };
    logger.error('a record was set aside', { code, place: reject.place });
    await storeRejects(warehouse, origin, [reject]);
    // A dead letter that cannot be read stays where it lies: another one about it would never end.
    if (place.topic === letterTopic) return;
    try {
      await letters.publishRejects(origin, [reject], code === 'unreadable_message' ? 'read' : 'store', place);
    } catch (error) {
      // Sealed it is larger than it was, and may be larger than the topic takes: that will never be otherwise.
      if (!(error instanceof WarehouseError) || error.transient) throw error;
      logger.error('a dead letter does not fit into its topic, it stands in rejects alone', {
        place: reject.place,
      });
    }
  }
}

/** Whom the records speak of: an erasure finds them by it. */
function pseudonymsOf(records: readonly CanonicalRecord[]): readonly string[] {
  const found = records.flatMap((record) => ('viewer_key' in record ? (record.viewer_key ?? []) : []));
  return [...new Set(found)];
}

/** The account of the records; of several it is none. */
function accountOf(records: readonly CanonicalRecord[]): string {
  const found = new Set(records.map((record) => ('account' in record ? record.account : DEFAULT_ACCOUNT)));
  const [account = DEFAULT_ACCOUNT] = found;
  return found.size === 1 ? account : DEFAULT_ACCOUNT;
}

function whereOf({ topic, partition, offset }: MessagePlace): string {
  return `${topic}/${partition}/${offset}`;
}

function originalOf(value: Buffer): string {
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : value.toString('base64');
}

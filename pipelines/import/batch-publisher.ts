import type { Warehouse } from '../../sql/index.js';
import type { SnapshotOptions } from '../bus/bus.js';
import type { DirectBus } from '../bus/direct.js';
import { batchId, writeBatch, type BatchEntry } from '../load/batch-ledger.js';
import type { RecordPart } from '../load/record-part.js';
import { storeRejects, type Reject } from '../load/rejects.js';
import type { FilePublisher } from './file-publisher.js';
import type { FileIdentity, FileTally } from './file-tally.js';

/** Events published at once: few inserts of large parts, and two batches in memory. */
const BATCH_EVENTS = 250_000;
/** Fewer are not worth the look for their keys. */
const LEAST_BATCH_EVENTS = 100_000;
/** A record that is no event is an object still: it weighs as much as so many events, which are bytes. */
const EVENTS_A_RECORD = 10;
const WAITING_REJECTS = 5_000;

/** The batch of one file on its way to the bus: collects parts, publishes them in large messages while the next are read. */
export class BatchPublisher implements FilePublisher {
  /** What decided which of two exports is the newer one. */
  newerBy: BatchEntry['newerBy'] = 'import';
  private batchSeq = 0;
  private parts: RecordPart[] = [];
  private recordRows: Uint32Array[] = [];
  /** Of the parts, in events. */
  private weight = 0;
  /** Waiting to be stored; a file of bad rows alone must not fill the memory. */
  private rejects: Reject[] = [];
  private inFlight: Promise<void> = Promise.resolve();

  constructor(
    private readonly warehouse: Warehouse,
    private readonly bus: DirectBus,
    private readonly identity: FileIdentity,
    private readonly tally: FileTally,
  ) {}

  /** 0 before anything was worth a batch. */
  get number(): number {
    return this.batchSeq;
  }

  /** Takes what was read, and publishes when it is enough. */
  async add(
    part: RecordPart,
    recordRows: Uint32Array,
    rejects: readonly Reject[],
    snapshot: SnapshotOptions,
    rowsLeft: number,
  ): Promise<void> {
    // A file that comes again is told in as few messages as its memory allows: what it says twice is no news together.
    const isNew = snapshot.repeats === undefined;
    if (part.count > 0) {
      this.parts.push(part);
      this.recordRows.push(recordRows);
      const each = isNew ? EVENTS_A_RECORD : 1;
      this.weight += part.events.rows + (part.count - part.events.rows) * each;
    }
    for (const reject of rejects) this.rejects.push(reject);
    // Nobody reads beside the last batch: it is short when none is larger than what is still to come.
    const most = isNew ? Math.min(BATCH_EVENTS, Math.max(LEAST_BATCH_EVENTS, rowsLeft)) : BATCH_EVENTS;
    if (this.weight >= most) await this.publish(snapshot);
    if (this.rejects.length >= WAITING_REJECTS) await this.flushRejects();
  }

  /** Publishes what was collected, one message at a time, while the next is being read. */
  async publish(snapshot: SnapshotOptions): Promise<void> {
    const { parts, recordRows } = this;
    if (parts.length === 0) return;
    this.parts = [];
    this.recordRows = [];
    this.weight = 0;
    await this.inFlight;
    await this.begin();
    const message = { batchSeq: this.batchSeq, parts, snapshot, continues: true };
    const publishing = this.bus.publishParts(message).then((reply) => {
      this.tally.addOutcome(reply);
      recordRows.forEach((rows, at) => {
        this.tally.addReply(rows, reply.accepted[at] ?? new Uint8Array());
      });
    });
    this.inFlight = publishing;
    // The failure is thrown where inFlight is awaited; this only keeps it from being called unhandled meanwhile.
    publishing.catch(() => undefined);
  }

  /** Waits for what is on its way, stores the rejects that wait and says how the batch ended. */
  async finish(): Promise<void> {
    await this.inFlight;
    await this.bus.settle();
    await this.begin();
    await this.flushRejects();
    await this.write(this.tally.isHeld ? 'held' : 'loaded');
  }

  /** Takes a batch number and says that the batch is on its way. */
  private async begin(): Promise<void> {
    if (this.batchSeq !== 0) return;
    this.batchSeq = this.bus.nextBatchSeq();
    await this.write('loading');
  }

  private async write(state: BatchEntry['state']): Promise<void> {
    const { batchSeq, newerBy } = this;
    await writeBatch(this.warehouse, this.tally.entry(this.identity, { batchSeq, newerBy }, state));
  }

  /** Stores the rejects that wait; only for a file that is known to be readable. */
  private async flushRejects(): Promise<void> {
    const { rejects } = this;
    this.rejects = [];
    await this.begin();
    const { adapter, account, startedAt: receivedAt } = this.identity;
    await storeRejects(
      this.warehouse,
      { batchId: batchId(this.batchSeq), adapter, account, receivedAt },
      rejects,
    );
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { SnapshotOptions } from '../bus/bus.js';
import type { KafkaBus } from '../bus/kafka-bus.js';
import { batchId, writeBatch, type BatchEntry } from '../load/batch-ledger.js';
import type { RecordPart } from '../load/record-part.js';
import { storeRejects, type Reject } from '../load/rejects.js';
import type { FilePublisher } from './file-publisher.js';
import type { FileIdentity, FileTally } from './file-tally.js';

/** How files go through Kafka. */
export interface KafkaImport {
  readonly bus: KafkaBus;
  /** Wait until a loader has stored the file, and tell what became of it. */
  readonly wait: boolean;
  /** Told while the file waits for a loader. */
  readonly onWait?: (waitedMs: number) => void;
}

const stateRow = z.object({
  state: z.string(),
  accepted: z.coerce.number(),
  conflicts: z.coerce.number(),
});
const PUBLISH_RECORDS = 50_000;
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 1_000;

/** A file on its way through Kafka: in messages, then one that says how many they were. */
export class KafkaPublisher implements FilePublisher {
  newerBy: BatchEntry['newerBy'] = 'import';
  private batchSeq = 0;
  private parts = 0;
  private waiting: { readonly part: RecordPart; readonly recordRows: Uint32Array }[] = [];
  private records = 0;
  /** Rows are numbered anew in each part of the file. */
  private rowOffset = 0;

  constructor(
    private readonly warehouse: Warehouse,
    private readonly kafka: KafkaImport,
    private readonly identity: FileIdentity,
    private readonly tally: FileTally,
  ) {}

  get number(): number {
    return this.batchSeq;
  }

  async add(
    part: RecordPart,
    recordRows: Uint32Array,
    rejects: readonly Reject[],
    snapshot: SnapshotOptions,
  ): Promise<void> {
    if (part.count > 0) {
      this.waiting.push({ part, recordRows });
      this.records += part.count;
    }
    await this.reject(rejects);
    if (this.records >= PUBLISH_RECORDS) await this.publish(snapshot);
  }

  async publish(snapshot: SnapshotOptions): Promise<void> {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    this.records = 0;
    await this.begin();
    const rows: number[] = [];
    for (const { recordRows } of waiting) {
      for (const row of recordRows) rows.push(this.rowOffset + row);
      this.rowOffset += recordRows.at(-1) ?? 0;
      // Durably taken; what a loader makes of them replaces this when it is waited for.
      this.tally.addReply(recordRows, null);
    }
    this.parts += await this.kafka.bus.publishFile({
      batchSeq: this.batchSeq,
      adapter: this.identity.adapter,
      route: this.identity.file,
      records: waiting.flatMap(({ part }) => part.others.map(({ record }) => record)),
      recordRows: rows,
      snapshot,
      firstPart: this.parts,
    });
  }

  async finish(): Promise<void> {
    await this.begin();
    if (this.parts === 0) {
      await writeBatch(this.warehouse, this.entry('loaded'));
      return;
    }
    await this.kafka.bus.endFile(this.batchSeq, this.parts, this.entry('loading'));
    if (this.kafka.wait) await this.loaded();
  }

  /** Waits for the loader; a batch it calls failed meanwhile it takes up again. */
  private async loaded(): Promise<void> {
    const since = performance.now();
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_LOOK_MS)) {
      const [row] = await this.warehouse.query(loadSql('kafka/batch-state'), stateRow, {
        batch: this.batchSeq,
      });
      if (row?.state === 'loaded' || row?.state === 'held') {
        const { accepted, conflicts } = row;
        this.tally.settle({ accepted, conflicts, held: row.state === 'held' });
        return;
      }
      this.kafka.onWait?.(performance.now() - since);
      await sleep(pauseMs);
    }
  }

  private async begin(): Promise<void> {
    if (this.batchSeq !== 0) return;
    this.batchSeq = this.kafka.bus.nextBatchSeq();
    await writeBatch(this.warehouse, this.entry('loading'));
  }

  /** Seen at once in `rejects`, and kept in the topic beside those of the stream. */
  private async reject(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    await this.begin();
    const { adapter, account, startedAt: receivedAt } = this.identity;
    const origin = { batchId: batchId(this.batchSeq), adapter, account, receivedAt };
    await storeRejects(this.warehouse, origin, rejects);
    await this.kafka.bus.publishRejects(origin, rejects, 'import');
  }

  private entry(state: BatchEntry['state']): BatchEntry {
    const { batchSeq, newerBy } = this;
    return this.tally.entry(this.identity, { batchSeq, newerBy }, state);
  }
}

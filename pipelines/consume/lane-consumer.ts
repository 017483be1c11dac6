import type { Logger } from '../../schemas/index.js';
import type { IncomingBatch, KafkaClient, RunningConsumer } from '../bus/kafka-client.js';
import type { LoaderFigures } from './loader-figures.js';
import type { PlacedRange } from './offset-ledger.js';
import { PartitionInbox, type Cut } from './partition-inbox.js';
import { StallWatch } from './stall-watch.js';

export interface LaneOptions {
  readonly client: Pick<KafkaClient, 'consume' | 'watermarks'>;
  readonly group: string;
  readonly topics: readonly string[];
  /** What the warehouse remembers of all partitions. */
  readonly stored: readonly PlacedRange[];
  readonly figures: LoaderFigures;
  readonly logger: Logger;
  /** More waiting than this, and no further batch is taken until some are stored. */
  readonly mostWaitingBytes: number;
  /** The consumer is gone: the turn ends. */
  readonly onEnd: (reason: string) => void;
}

/** How far a partition is. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly lag: number;
}

/** One consumer and the messages of its partitions that wait to be stored. */
export class LaneConsumer {
  /** Called once when something arrives. */
  onArrival: (() => void) | null = null;
  private readonly inboxes = new Map<string, PartitionInbox>();
  private readonly assigned = new Set<string>();
  private consumer: RunningConsumer | null = null;
  private room: (() => void)[] = [];
  private turn = 0;
  private stopped = false;
  private readonly stalls = new StallWatch();

  constructor(private readonly options: LaneOptions) {}

  async start(): Promise<void> {
    const { client, group, topics, onEnd } = this.options;
    const consumer = await client.consume({
      group,
      topics,
      onAssigned: (partitions) => {
        this.assign(partitions);
      },
      onBatch: (batch) => this.take(batch),
      onEnd: (reason) => {
        if (!this.stopped) onEnd(reason);
      },
    });
    this.consumer = consumer;
    if (this.stopped) await consumer.stop();
  }

  /** Records that wait. */
  get records(): number {
    let records = 0;
    for (const inbox of this.inboxes.values()) records += inbox.records;
    return records;
  }

  /** What may be stored now, about so many records; each time another partition comes first. */
  cut(mostRecords: number): readonly Cut[] {
    const inboxes = [...this.inboxes.values()].filter(({ idle }) => !idle);
    const cuts: Cut[] = [];
    let left = mostRecords;
    const from = this.turn++;
    for (let at = 0; at < inboxes.length && left > 0; at++) {
      const inbox = inboxes[(from + at) % inboxes.length];
      const before = inbox?.records ?? 0;
      const cut = inbox?.cut(left) ?? null;
      if (inbox === undefined || cut === null) continue;
      left -= before - inbox.records;
      cuts.push(cut);
    }
    return cuts;
  }

  /** These are stored. */
  done(cuts: readonly Cut[]): void {
    const next = cuts.map(({ topic, partition }) => {
      const inbox = this.inboxes.get(keyOf(topic, partition));
      inbox?.done();
      return { topic, partition, offset: inbox?.next ?? 0 };
    });
    for (const go of this.room.splice(0)) go();
    // The warehouse knows how far it is; this is for those who watch the group, and fails during a rebalance.
    const mine = next.filter(({ topic, partition }) => this.assigned.has(keyOf(topic, partition)));
    if (mine.length > 0) this.consumer?.commit(mine).catch(() => undefined);
  }

  /** How far each partition is behind, as it was last looked at. */
  readonly lags: PartitionLag[] = [];

  /**
   * Looks how far behind each partition is; true when one of them has something to read and nothing of it has come for so
   * long. What has come and waits for the database, or is on its way there, is behind too, but nobody's stall.
   */
  async look(stallMs: number): Promise<boolean> {
    const lags: PartitionLag[] = [];
    let stalled = false;
    // Nobody takes anything while there is no room for it.
    if (this.isFull) this.stalls.forget();
    try {
      for (const topic of this.options.topics) {
        for (const [partition, { low, high }] of await this.options.client.watermarks(topic)) {
          const inbox = this.inbox(topic, partition);
          const key = keyOf(topic, partition);
          lags.push({ topic, partition, lag: Math.max(0, high - Math.max(inbox.next, low)) });
          if (!this.assigned.has(key) || this.isFull) continue;
          stalled = this.stalls.look(key, Math.max(inbox.arrivesNext, low), high, stallMs) || stalled;
        }
      }
    } catch {
      // The broker is away: that is told elsewhere.
      this.stalls.forget();
      return false;
    }
    this.lags.splice(0, this.lags.length, ...lags);
    return stalled;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const go of this.room.splice(0)) go();
    await this.consumer?.stop();
  }

  private assign(partitions: readonly { topic: string; partition: number }[]): void {
    this.assigned.clear();
    for (const { topic, partition } of partitions) this.assigned.add(keyOf(topic, partition));
    for (const inbox of this.inboxes.values()) inbox.reset();
    // What waited is dropped and comes again: whoever waited for room has it.
    for (const go of this.room.splice(0)) go();
    this.stalls.forget();
    this.options.logger.debug('partitions assigned', {
      group: this.options.group,
      partitions: partitions.length,
    });
  }

  private async take(batch: IncomingBatch): Promise<void> {
    const { topic, partition } = batch;
    while (this.isFull && !this.stopped) {
      await new Promise<void>((resolve) => this.room.push(resolve));
    }
    if (this.stopped || !this.assigned.has(keyOf(topic, partition))) return;
    const inbox = this.inbox(topic, partition);
    const taken = await inbox.take(batch, async () => {
      const marks = await this.options.client.watermarks(topic);
      return marks.get(partition)?.low ?? 0;
    });
    if (taken.action === 'seek') this.consumer?.seek(topic, partition, taken.offset);
    else this.onArrival?.();
  }

  /** Of messages that came and are not on their way into the warehouse yet. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const inbox of this.inboxes.values()) bytes += inbox.bytes;
    return bytes;
  }

  private get isFull(): boolean {
    return this.waitingBytes > this.options.mostWaitingBytes;
  }

  private inbox(topic: string, partition: number): PartitionInbox {
    const key = keyOf(topic, partition);
    const known = this.inboxes.get(key);
    if (known !== undefined) return known;
    const stored =
      this.options.stored.find((one) => one.topic === topic && one.partition === partition) ?? null;
    const { figures, logger } = this.options;
    const inbox = new PartitionInbox(topic, partition, stored, {
      arrived: (what) => {
        figures.arrived(what);
      },
      missing: (of, at, from, to) => {
        figures.missing.add({ topic: of }, to - from + 1);
        logger.error('messages are gone before they were loaded', { topic: of, partition: at, from, to });
      },
    });
    this.inboxes.set(key, inbox);
    return inbox;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}

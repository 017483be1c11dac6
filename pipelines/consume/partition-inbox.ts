import { crc32 } from 'node:zlib';
import type { IncomingBatch, IncomingMessage } from '../bus/kafka-client.js';
import { classifyArrival, cutAt, doneThrough, type ArrivalCase, type StoredRange } from './offset-range.js';

/** What to do after messages arrived. */
export type Taken =
  | { readonly action: 'kept' }
  /** Ask for messages from this offset on; what arrived was put aside. */
  | { readonly action: 'seek'; readonly offset: number };

/** Messages that are to be stored together: exactly one range of one partition. */
export interface Cut {
  readonly topic: string;
  readonly partition: number;
  readonly range: StoredRange;
  /** The range was intended before, by whoever was interrupted. */
  readonly again: boolean;
  readonly messages: readonly IncomingMessage[];
}

/** Told what was seen, for the figures of the loader. */
export interface InboxEvents {
  arrived(what: ArrivalCase | 'recreated'): void;
  /** Messages between these offsets are gone: the topic did not keep them long enough. */
  missing(topic: string, partition: number, from: number, to: number): void;
}

/** The messages of one partition that wait to be stored, in order, without holes and without what is stored already. */
export class PartitionInbox {
  private waiting: IncomingMessage[] = [];
  private inFlight: Cut | null = null;
  private verified = false;
  /** Asked for already, so that a hole is not asked for for ever. */
  private sought: number | null = null;
  bytes = 0;
  records = 0;
  highWatermark = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private stored: StoredRange | null,
    private readonly events: InboxEvents,
  ) {}

  /** The next offset that is not stored. */
  get next(): number {
    return doneThrough(this.stored) + 1;
  }

  /** The offset of the next message that has not come: what came waits, or is on its way into the warehouse. */
  get arrivesNext(): number {
    const held = this.waiting.at(-1)?.offset ?? this.inFlight?.range.last;
    return held === undefined ? this.next : held + 1;
  }

  get idle(): boolean {
    return this.waiting.length === 0;
  }

  /** After an assignment: what waited comes again, and that the topic is the same one is looked at again. */
  reset(): void {
    this.drop();
    this.verified = false;
    this.sought = null;
  }

  /** @param low asks for the first offset that is still there */
  async take(batch: IncomingBatch, low: () => Promise<number>): Promise<Taken> {
    const [first] = batch.messages;
    const last = batch.messages.at(-1);
    if (first === undefined || last === undefined) return { action: 'kept' };
    this.highWatermark = batch.highWatermark;
    const { stored } = this;
    // Offsets without a message (ends of transactions, batches that one record stands for) are no gap.
    const from = Math.min(batch.from, first.offset);
    if (stored === null && this.sought === null && from > 0) {
      // The group stands further on than a warehouse that knows nothing of the topic: what is still there comes first.
      const lowest = await low();
      if (lowest < from) return this.seek(lowest);
    }
    if (!this.verified && stored !== null) {
      if (batch.highWatermark <= stored.last) return this.beginAnew(low);
      if (stored.state === 'done' && from > stored.last && this.sought === null) {
        return this.seek(stored.last);
      }
      const mark = batch.messages.find(({ offset }) => offset === stored.last);
      if (mark !== undefined && fingerprintOf(mark) !== stored.fingerprint) return this.beginAnew(low);
      this.verified = mark !== undefined || first.offset > stored.last;
    }
    return this.append(batch.messages, { first: from, last: last.offset }, low);
  }

  /** What may be stored now; null when nothing may. */
  cut(mostRecords: number): Cut | null {
    const [first] = this.waiting;
    const end = this.waiting.at(-1);
    if (first === undefined || end === undefined || this.inFlight !== null) return null;
    let records = 0;
    let most = first.offset;
    for (const message of this.waiting) {
      records += recordsOf(message);
      if (records > mostRecords && message !== first) break;
      most = message.offset;
    }
    const last = cutAt({ first: first.offset, last: end.offset }, this.stored, most);
    if (last === null) return null;
    const count = this.waiting.findIndex(({ offset }) => offset > last);
    const messages = this.waiting.splice(0, count === -1 ? this.waiting.length : count);
    const final = messages.at(-1);
    if (final === undefined) return null;
    for (const message of messages) this.count(message, -1);
    const again = this.stored?.state === 'intended';
    const range: StoredRange = {
      first: first.offset,
      last: final.offset,
      state: 'intended',
      fingerprint: fingerprintOf(final),
    };
    this.stored = range;
    this.inFlight = { topic: this.topic, partition: this.partition, range, again, messages };
    return this.inFlight;
  }

  /** The cut is stored. */
  done(): void {
    if (this.inFlight === null) return;
    this.stored = { ...this.inFlight.range, state: 'done' };
    this.inFlight = null;
  }

  private append(
    messages: readonly IncomingMessage[],
    arrived: { first: number; last: number },
    low: () => Promise<number>,
  ): Taken | Promise<Taken> {
    const held = this.waiting.at(-1)?.offset ?? this.inFlight?.range.last;
    if (held !== undefined) {
      if (arrived.first > held + 1) return this.seek(held + 1);
      this.push(messages, held + 1);
      return { action: 'kept' };
    }
    const { case: what, keepFrom } = classifyArrival(arrived, this.stored);
    if (what === 'gap') return this.afterGap(messages, arrived.first, low);
    this.events.arrived(what);
    if (keepFrom !== null) this.push(messages, keepFrom);
    return { action: 'kept' };
  }

  /** Messages that should come first are not among those that came: they are asked for once, then given up loudly. */
  private async afterGap(
    messages: readonly IncomingMessage[],
    first: number,
    low: () => Promise<number>,
  ): Promise<Taken> {
    const { next } = this;
    if (this.sought !== next && (await low()) <= next) return this.seek(next);
    this.events.arrived('gap');
    this.events.missing(this.topic, this.partition, next, first - 1);
    if (this.stored?.state === 'intended' && first > this.stored.last) {
      this.stored = { ...this.stored, state: 'done', last: first - 1 };
    }
    this.push(messages, first);
    return { action: 'kept' };
  }

  /** The topic is another one under the same name: nothing of it is stored. */
  private async beginAnew(low: () => Promise<number>): Promise<Taken> {
    this.events.arrived('recreated');
    this.drop();
    this.inFlight = null;
    this.stored = null;
    return this.seek(await low());
  }

  private seek(offset: number): Taken {
    this.sought = offset;
    return { action: 'seek', offset };
  }

  private push(messages: readonly IncomingMessage[], from: number): void {
    for (const message of messages) {
      if (message.offset < from) continue;
      this.waiting.push(message);
      this.count(message, 1);
    }
  }

  private drop(): void {
    this.waiting = [];
    this.bytes = 0;
    this.records = 0;
  }

  private count(message: IncomingMessage, sign: 1 | -1): void {
    this.bytes += sign * message.value.length;
    this.records += sign * recordsOf(message);
  }
}

/** What tells a message from another at the same place. */
export function fingerprintOf({ timestamp, value }: IncomingMessage): string {
  return `${timestamp}:${crc32(value)}`;
}

function recordsOf({ headers }: IncomingMessage): number {
  const records = Number(headers['records'] ?? 1);
  return Number.isSafeInteger(records) && records > 0 ? records : 1;
}

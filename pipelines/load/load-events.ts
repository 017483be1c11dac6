import { isOrderEvent, type CanonicalEvent } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { EVENT_KEY_BYTES, KEY_HASH_BYTES, readKeyHash, writeEventKey } from '../event-key.js';
import { EVENT_COLUMNS, EventEncoder, ORDER_FACT_COLUMNS } from './event-encoder.js';
import { readRowBinary } from './read-rows.js';
import { RowBinaryWriter } from './row-binary.js';
import type { Viewers } from './viewers.js';

/** Events of one batch, encoded while the batch is read, so that little is left to do when the database is asked. */
export class EventBatch {
  private readonly facts = new EventEncoder();
  private readonly orderFacts = new EventEncoder();
  private readonly entries: Entry[] = [];

  constructor(
    readonly batchSeq: number,
    private readonly keyOf: (account: string, adapter: string, eventId: string) => string,
  ) {}

  get length(): number {
    return this.entries.length;
  }

  add(event: CanonicalEvent, recordIndex: number): void {
    const hashHex = this.keyOf(event.account, event.adapter, event.event_id);
    const order = isOrderEvent(event.event) && event.order_id !== '';
    const encoder = order ? this.orderFacts : this.facts;
    const start = encoder.write(event, hashHex, this.batchSeq);
    const content = encoder.contentHash(start, encoder.writer.length);
    if (order) {
      const at = encoder.writer.reserve(EVENT_KEY_BYTES);
      writeEventKey(encoder.writer.target, at, hashHex, event.stated_time);
      encoder.writer.byte(1);
      encoder.writer.byte(0);
    }
    this.entries.push({
      hashHex,
      statedMs: event.stated_time,
      eventMs: event.event_time,
      content,
      order,
      start,
      end: encoder.writer.length,
      viewerKey: event.viewer_key,
      recordIndex,
    });
  }

  /** Finds what is there already, stores the rest, marks the stored ones in `accepted`; returns the conflicts. */
  async store(warehouse: Warehouse, viewers: Viewers, accepted: Uint8Array): Promise<number> {
    if (this.entries.length === 0) return 0;
    const known = await warehouse.session((session) => this.lookUp(session));
    const fresh: Entry[] = [];
    let conflicts = 0;
    for (const entry of this.entries) {
      const before = known.get(entry.hashHex);
      if (before === undefined) {
        known.set(entry.hashHex, { statedMs: entry.statedMs, content: entry.content });
        fresh.push(entry);
        accepted[entry.recordIndex] = 1;
      } else if (
        before.statedMs !== entry.statedMs ||
        (before.content !== 0 && before.content !== entry.content)
      ) {
        conflicts++;
      }
    }
    if (fresh.length > 0) {
      await this.insert(warehouse, viewers, fresh, false);
      await this.insert(warehouse, viewers, fresh, true);
      await this.remember(warehouse, fresh);
    }
    return conflicts;
  }

  private async lookUp(session: Warehouse): Promise<Map<string, Known>> {
    const writer = new RowBinaryWriter(this.entries.length * 32);
    let from = Number.MAX_SAFE_INTEGER;
    let to = 0;
    for (const entry of this.entries) {
      const { statedMs, eventMs } = entry;
      this.copyKeyHash(entry, writer);
      const at = writer.reserve(EVENT_KEY_BYTES);
      this.encoderOf(entry).target.copy(writer.target, at, entry.start, entry.start + EVENT_KEY_BYTES);
      from = Math.min(from, statedMs, eventMs);
      to = Math.max(to, statedMs, eventMs);
    }
    await session.command(loadSql('load/make-keys'));
    await session.insert({
      table: 'batch_keys',
      columns: ['key_hash', 'event_key'],
      format: 'RowBinary',
      body: writer.view(),
    });
    const known = new Map<string, Known>();
    const stored = await readRowBinary(session, loadSql('load/stored-keys'), {
      from_ms: from - DAY_MS,
      to_ms: to + DAY_MS,
    });
    for (let at = 0; at < stored.length; at += 16) {
      known.set(readKeyHash(stored, at), { statedMs: stored.readUIntLE(at + 10, 6), content: 0 });
    }
    const recent = await readRowBinary(session, loadSql('load/recent-keys'));
    for (let at = 0; at < recent.length; at += 32) {
      known.set(readKeyHash(recent, at), {
        statedMs: Number(recent.readBigInt64LE(at + 16)),
        content: Number(recent.readBigUInt64LE(at + 24)),
      });
    }
    return known;
  }

  private async insert(
    warehouse: Warehouse,
    viewers: Viewers,
    fresh: readonly Entry[],
    order: boolean,
  ): Promise<void> {
    const encoder = order ? this.orderFacts : this.facts;
    const chosen = fresh.filter((entry) => entry.order === order);
    if (chosen.length === 0) return;
    for (const entry of chosen) {
      const viewer = viewers.viewerOf(entry.viewerKey);
      if (viewer !== entry.viewerKey) encoder.setViewer(entry.start, viewer);
    }
    await warehouse.insert({
      table: order ? 'wxlive_store.order_facts_store' : 'wxlive_store.events_store',
      columns: order ? ORDER_FACT_COLUMNS : EVENT_COLUMNS,
      format: 'RowBinary',
      body: pick(encoder.writer, chosen),
      settings: { max_partitions_per_insert_block: 1000 },
    });
  }

  private async remember(warehouse: Warehouse, fresh: readonly Entry[]): Promise<void> {
    const writer = new RowBinaryWriter(fresh.length * 44);
    const receivedSeconds = Math.floor(Date.now() / 1000);
    for (const entry of fresh) {
      this.copyKeyHash(entry, writer);
      writer.int64(entry.statedMs);
      writer.int64(entry.content);
      writer.uint32(receivedSeconds);
      writer.int64(this.batchSeq);
    }
    await warehouse.insert({
      table: 'wxlive_store.recent_keys_store',
      columns: ['key_hash', 'stated_ms', 'content_hash', 'received_at', 'batch_seq'],
      format: 'RowBinary',
      body: writer.view(),
    });
  }

  private encoderOf(entry: Entry): RowBinaryWriter {
    return (entry.order ? this.orderFacts : this.facts).writer;
  }

  /** The hash in the key of an encoded event, as UInt128: copying is cheaper than reading its digits again. */
  private copyKeyHash(entry: Entry, writer: RowBinaryWriter): void {
    const at = writer.reserve(EVENT_KEY_BYTES);
    const { target } = writer;
    this.encoderOf(entry).target.copy(target, at, entry.start, entry.start + KEY_HASH_BYTES);
    target.fill(0, at + KEY_HASH_BYTES, at + EVENT_KEY_BYTES);
  }
}

/** The rows of `chosen`, one behind the other; without copying when nothing lies between them. */
function pick(writer: RowBinaryWriter, chosen: readonly Entry[]): Buffer {
  const first = chosen[0]?.start ?? 0;
  const end = chosen.at(-1)?.end ?? 0;
  const bytes = chosen.reduce((sum, entry) => sum + entry.end - entry.start, 0);
  if (end - first === bytes) return writer.view(first, end);
  const picked = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const entry of chosen) {
    at += writer.target.copy(picked, at, entry.start, entry.end);
  }
  return picked;
}

interface Entry {
  readonly hashHex: string;
  readonly statedMs: number;
  readonly eventMs: number;
  readonly content: number;
  readonly order: boolean;
  readonly start: number;
  readonly end: number;
  readonly viewerKey: CanonicalEvent['viewer_key'];
  readonly recordIndex: number;
}

interface Known {
  readonly statedMs: number;
  /** 0: not known. */
  readonly content: number;
}

/** Corrected and stated time of one event differ by clock skew, which is under a day. */
const DAY_MS = 86_400_000;

import type { Warehouse } from '../../sql/index.js';
import type { BatchParts, BusMessage, BusReply, PartBus, PartsReply } from '../bus/bus.js';
import { dropErased, ERASED } from '../erase/drop-erased.js';
import { Tombstones } from '../erase/tombstones.js';
import { createEventKeys, type EventKeyMaker } from '../event-key.js';
import { awaitEarlierWrites } from './earlier-writes.js';
import { closeInterruptedBatches } from './interrupted-batches.js';
import { KeyHistory } from './key-history.js';
import type { KnownKeys } from './known-keys.js';
import { loadAttendance } from './load-attendance.js';
import { loadEvents } from './load-events.js';
import { loadKeyed } from './load-keyed.js';
import { loadMinutes } from './load-minutes.js';
import { loadOrders } from './load-orders.js';
import type { RecordBatch } from './load-result.js';
import { loadSignIns } from './load-sign-ins.js';
import { RecordPartBuilder, type RecordPart } from './record-part.js';
import { Viewers, type Learnt } from './viewers.js';

/**
 * Stores canonical records without duplicates. Valid only while its process holds the loader lease: between the test
 * for duplicates and the insert nobody else may write. Killed at any point and given the same records again, it ends
 * in the same state: events are known by their key, everything else by comparison with what counts. For that the batch
 * must stand in the ledger as `loading` before its first record is published: `recover` looks there for what a killed
 * loader stored without coming to remember it. After a failure a new loader must be opened, for the same reason.
 */
export class Loader implements PartBus {
  private readonly viewers: Viewers;
  private readonly history: KeyHistory;
  private readonly keyOf: EventKeyMaker;
  private tombstones: Tombstones | null = null;

  constructor(
    private readonly warehouse: Warehouse,
    /** Remembered by the warehouse; see createEventKeys. */
    readonly salt: string,
  ) {
    this.viewers = new Viewers(warehouse);
    this.history = new KeyHistory(warehouse);
    this.keyOf = createEventKeys(salt);
  }

  /** Makes good what a killed loader left half done. */
  async recover(): Promise<void> {
    await awaitEarlierWrites(this.warehouse);
    await this.viewers.finishInterrupted();
    await closeInterruptedBatches(this.warehouse);
  }

  async publish({ records, ...message }: BusMessage): Promise<BusReply> {
    const builder = new RecordPartBuilder(this.keyOf);
    for (const record of records) builder.add(record);
    const { accepted, conflicts, held } = await this.publishParts({ ...message, parts: [builder.take()] });
    return { accepted: accepted[0] ?? new Uint8Array(), conflicts, held };
  }

  async publishParts(message: BatchParts): Promise<PartsReply> {
    const tombstones = await this.readTombstones();
    const clean = message.parts.map((part) => dropErased(part, tombstones));
    const parts = clean.map(({ part }) => part);
    // Asked while the people are: neither needs the other.
    const known = this.history.known(parts.map(({ events }) => events));
    // Whoever awaits it hears of a failure; until then it is not unhandled.
    known.catch(() => undefined);
    const learnt = await this.viewers.prepare(
      parts.map(({ people }) => people),
      adapterOf(parts),
      message.continues === true,
    );
    const reply = await this.store({ ...message, parts }, learnt, known);
    clean.forEach(({ dropped }, at) => {
      for (const number of dropped) reply.accepted[at]?.fill(ERASED, number, number + 1);
    });
    if (message.continues !== true) await this.viewers.settle();
    return reply;
  }

  /** Does what messages that continue left for later. */
  async settle(): Promise<void> {
    await this.viewers.settle();
  }

  /** Nobody is erased while this process holds the loader lease; with a server others may, without it. */
  private async readTombstones(): Promise<Tombstones> {
    if (this.tombstones === null || this.warehouse.mode === 'server') {
      this.tombstones = await Tombstones.read(this.warehouse);
    }
    return this.tombstones;
  }

  private async store(
    { batchSeq, parts, snapshot, amends }: BatchParts,
    { numbers, records }: Learnt,
    known: Promise<KnownKeys>,
  ): Promise<PartsReply> {
    const accepted = parts.map(({ count }) => new Uint8Array(count));
    const others = parts.flatMap((part, at) => part.others.map((other) => ({ ...other, part: at })));
    const batch: RecordBatch = {
      batchSeq,
      records: others.map(({ record }) => record),
      ...(amends === undefined ? {} : { amends }),
      ...toldBefore(amends, snapshot),
    };
    const kinds = new Set(batch.records.map(({ kind }) => kind));
    const stored = new Uint8Array(others.length);
    let conflicts = 0;
    if (kinds.has('attendance') || kinds.has('watch_list')) {
      const list = await loadAttendance(this.warehouse, this.viewers, batch, snapshot, stored);
      if (list.held) return { accepted, conflicts: 0, held: true };
      conflicts += list.conflicts;
    }
    conflicts += await loadEvents(this.warehouse, this.viewers, await known, {
      batchSeq,
      chunks: parts.map(({ events }) => events),
      people: numbers,
      accepted,
    });
    if (kinds.has('order')) await loadOrders(this.warehouse, this.viewers, batch, this.keyOf, stored);
    if (kinds.has('sign_in')) await loadSignIns(this.warehouse, batch, stored);
    if (kinds.has('minute')) await loadMinutes(this.warehouse, batch, stored);
    const keyed = await loadKeyed(this.warehouse, batch, kinds);
    others.forEach(({ number, part }, at) => {
      const target = accepted[part];
      if (target !== undefined && (stored[at] === 1 || keyed.accepted[at] === 1)) target[number] = 1;
    });
    parts.forEach(({ linkRecords }, at) => {
      const target = accepted[at];
      for (const number of linkRecords)
        if (target !== undefined && records[at]?.has(number)) target[number] = 1;
    });
    return { accepted, conflicts, held: false };
  }
}

/** Rows that are replayed, and files that are imported again, are as old as they were. */
function toldBefore(
  amends: BatchParts['amends'],
  { repeats }: BatchParts['snapshot'],
): Pick<RecordBatch, 'retells'> {
  const retells = amends === undefined ? repeats : [amends.batchSeq];
  return retells === undefined ? {} : { retells };
}

function adapterOf(parts: readonly RecordPart[]): string {
  for (const { adapter } of parts) if (adapter !== null) return adapter;
  return '';
}

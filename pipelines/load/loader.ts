import type { CanonicalEvent, CanonicalRecord } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { Bus, BusMessage, BusReply } from '../bus/bus.js';
import { createEventKeys } from '../event-key.js';
import { awaitEarlierWrites } from './earlier-writes.js';
import { closeInterruptedBatches } from './interrupted-batches.js';
import { loadAttendance } from './load-attendance.js';
import { EventBatch } from './load-events.js';
import { loadKeyed } from './load-keyed.js';
import { loadOrders } from './load-orders.js';
import { loadSignIns } from './load-sign-ins.js';
import { Viewers } from './viewers.js';

/**
 * Stores canonical records without duplicates. Valid only while its process holds the loader lease: between the test
 * for duplicates and the insert nobody else may write. Killed at any point and given the same records again, it ends
 * in the same state: events are known by their key, everything else by comparison with what counts.
 */
export class Loader implements Bus {
  private readonly viewers: Viewers;
  private readonly keyOf: (account: string, adapter: string, eventId: string) => string;

  constructor(
    private readonly warehouse: Warehouse,
    /** Remembered by the warehouse; see createEventKeys. */
    salt: string,
  ) {
    this.viewers = new Viewers(warehouse);
    this.keyOf = createEventKeys(salt);
  }

  /** Makes good what a killed loader left half done. */
  async recover(): Promise<void> {
    await awaitEarlierWrites(this.warehouse);
    await this.viewers.finishInterrupted();
    await closeInterruptedBatches(this.warehouse);
  }

  async publish(message: BusMessage): Promise<BusReply> {
    const { records, batchSeq } = message;
    const accepted = new Uint8Array(records.length);
    const kinds = new Set<CanonicalRecord['kind']>();
    for (const record of records) kinds.add(record.kind);
    const { learnt, pending } = await this.viewers.prepare(records);
    if (kinds.has('attendance')) {
      const list = await loadAttendance(this.warehouse, this.viewers, message, message.snapshot, accepted);
      if (list.held) return { accepted, conflicts: 0, held: true };
    }
    let conflicts = 0;
    if (kinds.has('event')) {
      const batch = new EventBatch(batchSeq, this.keyOf);
      records.forEach((record, index) => {
        if (isEvent(record)) batch.add(record, index);
      });
      conflicts = await batch.store(this.warehouse, this.viewers, accepted);
    }
    if (kinds.has('order')) {
      await loadOrders(this.warehouse, this.viewers, message, this.keyOf, accepted);
    }
    if (kinds.has('sign_in')) await loadSignIns(this.warehouse, message, accepted);
    const keyed = await loadKeyed(this.warehouse, message, kinds);
    const links = kinds.has('identity_link');
    for (let index = 0; index < records.length; index++) {
      if (keyed.accepted[index] === 1) accepted[index] = 1;
      else if (links && learnt[index] === 1 && records[index]?.kind === 'identity_link') accepted[index] = 1;
    }
    await this.viewers.finish(pending);
    return { accepted, conflicts, held: false };
  }
}

function isEvent(record: CanonicalRecord): record is CanonicalEvent {
  return record.kind === 'event';
}

import { DEFAULT_ACCOUNT } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { DirectBus } from '../bus/direct.js';
import { batchId, writeBatch, type BatchEntry } from '../load/batch-ledger.js';
import { storeRejects } from '../load/rejects.js';
import { acceptedRows, type Flush, type FlushReply, type FlushTarget } from './flush.js';

/**
 * The embedded mode: a flush is a batch like a file's, stored by this process under the loader lease. Each try has a
 * number of its own; what a failed one had stored stays counted there when the loader recovers.
 */
export function openWarehouseTarget(warehouse: Warehouse, bus: DirectBus): FlushTarget {
  return {
    visible: true,
    async flush(flush) {
      const batchSeq = bus.nextBatchSeq();
      await writeBatch(warehouse, entryOf(flush, batchSeq, null));
      const { startedAt, adapter, rejects } = flush;
      if (rejects.length > 0) {
        const origin = {
          batchId: batchId(batchSeq),
          adapter,
          account: DEFAULT_ACCOUNT,
          receivedAt: startedAt,
        };
        await storeRejects(warehouse, origin, rejects);
      }
      const reply = await publish(bus, flush, batchSeq);
      await writeBatch(warehouse, entryOf(flush, batchSeq, reply));
      return reply;
    },
    close: () => bus.close(),
  };
}

interface Published extends FlushReply {
  readonly conflicts: number;
}

async function publish(bus: DirectBus, flush: Flush, batchSeq: number): Promise<Published> {
  if (flush.records.length === 0) return { accepted: new Uint8Array(0), conflicts: 0 };
  return bus.publish({
    batchSeq,
    records: flush.records,
    snapshot: { exportedAt: flush.startedAt, scopes: [], acceptShrink: false },
  });
}

function entryOf(flush: Flush, batchSeq: number, reply: Published | null): BatchEntry {
  const rejected = flush.rejects.length;
  const accepted = reply === null ? 0 : acceptedRows(flush.recordRows, reply.accepted);
  return {
    batchSeq,
    file: flush.route,
    sha256: '',
    adapter: flush.adapter,
    account: DEFAULT_ACCOUNT,
    rows: reply === null ? 0 : flush.rows,
    accepted,
    duplicates: reply === null ? 0 : flush.rows - rejected - accepted,
    rejected: reply === null ? 0 : rejected,
    held: 0,
    conflicts: reply?.conflicts ?? 0,
    state: reply === null ? 'loading' : 'loaded',
    newerBy: 'import',
    startedAt: flush.startedAt,
  };
}

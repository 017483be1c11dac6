import { z } from 'zod';
import {
  acquireLoaderLease,
  loadSql,
  readLedger,
  writeLedger,
  type LoaderLease,
  type Warehouse,
} from '../../sql/index.js';
import { randomBytes } from 'node:crypto';
import { Loader } from '../load/loader.js';
import type { Bus } from './bus.js';

/** The bus of the embedded mode: this process stores what it publishes, while it holds the loader lease. */
export interface DirectBus extends Bus {
  /** Numbers for batches, ascending over all processes. */
  nextBatchSeq(): number;
  /** Gives the lease back; the next publish takes it again. */
  close(): void;
}

const lastRow = z.object({ batch_seq: z.coerce.number() });
/** How long another process may load before this one gives up waiting. */
const LEASE_WAIT_MS = 3_600_000;

/**
 * Opens the direct bus: waits for the lease, makes good what a killed loader left, and reads what it needs.
 *
 * @param onWait told every second while another process loads
 */
export async function openDirectBus(
  warehouse: Warehouse,
  dataDir: string,
  onWait?: (waitedMs: number) => void,
): Promise<DirectBus> {
  const lease: LoaderLease = await acquireLoaderLease(dataDir, {
    waitMs: LEASE_WAIT_MS,
    ...(onWait === undefined ? {} : { onWait }),
  });
  try {
    const loader = new Loader(warehouse, await eventSalt(warehouse));
    await loader.recover();
    const [last] = await warehouse.query(loadSql('load/last-batch'), lastRow);
    let batchSeq = last?.batch_seq ?? 0;
    return {
      publish: (message) => loader.publish(message),
      nextBatchSeq() {
        // Microseconds: readable as a time, and ascending even when the clock steps back.
        batchSeq = Math.max(batchSeq + 1, Date.now() * 1000);
        return batchSeq;
      },
      close: () => {
        lease.release();
      },
    };
  } catch (error) {
    lease.release();
    throw error;
  }
}

/** What event keys are salted with: made once a warehouse. */
async function eventSalt(warehouse: Warehouse): Promise<string> {
  const known = (await readLedger(warehouse)).get('event_salt');
  if (known !== undefined) return known;
  const salt = randomBytes(16).toString('hex');
  await writeLedger(warehouse, 'event_salt', salt);
  return salt;
}

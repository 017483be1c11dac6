import { acquireLoaderLease, WarehouseError, type Warehouse } from '../../sql/index.js';
import { acquireWarehouseLease, isFenced, type WarehouseLease } from '../consume/warehouse-lease.js';

/** The right to store facts, had by one process at a time. */
export interface LoadingTurn {
  /** Grows by one with every turn of anybody. */
  readonly epoch: number;
  /** As the holder writes to it. */
  readonly warehouse: Warehouse;
  /** Somebody waits for the right. */
  wanted(): boolean;
  /** It is known that the right has passed to somebody else. */
  lost(): boolean;
  /** Asks whether nobody else has had the right since, for who writes what no fence can hold back. */
  stillHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** Where turns come from. */
export interface LoadingTurns {
  /** Waits until the others have let go. */
  take(): Promise<LoadingTurn>;
}

/** How long another process may load before this one gives up waiting. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * The turns of whoever stores what it publishes itself. Of a private engine the data folder is the place to meet; a
 * server is reached from any machine, so there the right is a lease in the database.
 *
 * @param onWait told every few seconds while another process loads
 */
export function turnsOf(
  warehouse: Warehouse,
  dataDir: string,
  onWait?: (waitedMs: number) => void,
): LoadingTurns {
  return warehouse.mode === 'server'
    ? { take: () => takeOfWarehouse(warehouse, onWait) }
    : { take: () => takeOfFolder(warehouse, dataDir, onWait) };
}

/** The turns of whoever has the warehouse's lease already; a private engine's folder is taken all the same. */
export function turnsUnder({ warehouse, epoch, lost }: WarehouseLease, dataDir: string): LoadingTurns {
  if (warehouse.mode !== 'server') return turnsOf(warehouse, dataDir);
  const turn: LoadingTurn = {
    epoch,
    warehouse,
    wanted: () => false,
    lost: () => lost.aborted,
    stillHeld: () => Promise.resolve(!lost.aborted),
    release: () => Promise.resolve(),
  };
  return { take: () => Promise.resolve(turn) };
}

async function takeOfFolder(
  warehouse: Warehouse,
  dataDir: string,
  onWait: ((waitedMs: number) => void) | undefined,
): Promise<LoadingTurn> {
  const lease = await acquireLoaderLease(dataDir, {
    waitMs: LONGEST_WAIT_MS,
    ...(onWait === undefined ? {} : { onWait }),
  });
  return {
    epoch: lease.epoch,
    warehouse,
    wanted: () => lease.wanted(),
    lost: () => false,
    // The lock is the kernel's: it is had until it is given back.
    stillHeld: () => Promise.resolve(true),
    release() {
      lease.release();
      return Promise.resolve();
    },
  };
}

async function takeOfWarehouse(
  warehouse: Warehouse,
  onWait: ((waitedMs: number) => void) | undefined,
): Promise<LoadingTurn> {
  const began = performance.now();
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  try {
    const lease = await acquireWarehouseLease(warehouse, {
      signal,
      wants: true,
      onWait: () => onWait?.(Math.round(performance.now() - began)),
    });
    return {
      epoch: lease.epoch,
      warehouse: lease.warehouse,
      wanted: () => lease.wanted(),
      lost: () => lease.lost.aborted,
      stillHeld: () => lease.stillHeld(),
      release: () => lease.release(),
    };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new WarehouseError(
      'another process has been loading into this ClickHouse for an hour: wait until it has finished, then try again',
      null,
      true,
      { unreached: true },
    );
  }
}

/** What a write that came after its turn means: nothing of it was stored, and it is worth another try. */
export function asLostTurn(error: unknown): unknown {
  return isFenced(error) ? lostTurn(error) : error;
}

/** Another process has had the right to load meanwhile. */
export function lostTurn(cause?: unknown): WarehouseError {
  return new WarehouseError(
    'this process was silent for so long that another one took its turn to load: try again',
    null,
    true,
    { cause },
  );
}

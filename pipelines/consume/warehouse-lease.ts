import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fenceInserts, loadSql, WarehouseError, type Warehouse } from '../../sql/index.js';

const leaseRow = z.object({
  epoch: z.coerce.number(),
  holder: z.string(),
  host: z.string(),
  process_id: z.coerce.number(),
  released: z.coerce.number(),
  silent_ms: z.coerce.number(),
});
type LeaseRow = z.infer<typeof leaseRow>;

/** Without a sign of life for so long a holder counts as gone. Only liveness: safety is in the fence. */
const SILENCE_MS = 8_000;
const BEAT_MS = 2_000;
const POLL_MS = 500;
const REPORT_MS = 5_000;
const TABLE = 'wxlive_store.loader_lease_ledger';
/** FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: what the guard of the fence throws. */
const FENCED_CODE = 395;

/** The right to store what comes from Kafka: one process of a warehouse has it, on whatever machine. */
export interface WarehouseLease {
  /** Grows by one with every holder. */
  readonly epoch: number;
  /** The warehouse as the holder writes to it: its inserts are refused once the lease has passed on. */
  readonly warehouse: Warehouse;
  /** Aborted when the lease is known to be lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Takes the lease; waits while a living process has it. A claim is an insert whose deduplication token is the epoch: of
 * all that claim one epoch the database stores exactly the first.
 */
export async function acquireWarehouseLease(
  warehouse: Warehouse,
  options: { readonly signal: AbortSignal; readonly onWait?: (host: string, processId: number) => void },
): Promise<WarehouseLease> {
  const holder = randomUUID();
  let reportAt = 0;
  for (;;) {
    options.signal.throwIfAborted();
    const [current] = await warehouse.query(loadSql('kafka/lease'), leaseRow);
    if (current === undefined || isFree(current)) {
      const epoch = (current?.epoch ?? 0) + 1;
      await write(warehouse, { epoch, holder }, 'claimed');
      const [now] = await warehouse.query(loadSql('kafka/lease'), leaseRow);
      if (now?.epoch === epoch && now.holder === holder) return hold(warehouse, epoch, holder);
      continue;
    }
    if (performance.now() >= reportAt) {
      options.onWait?.(current.host, current.process_id);
      reportAt = performance.now() + REPORT_MS;
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

/** Whether the database refused because the lease has passed on. */
export function isFenced(error: unknown): boolean {
  return error instanceof WarehouseError && error.code === FENCED_CODE;
}

function isFree(current: LeaseRow): boolean {
  if (current.released === 1 || current.silent_ms > SILENCE_MS) return true;
  return current.host === hostname() && !isAlive(current.process_id);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function hold(warehouse: Warehouse, epoch: number, holder: string): WarehouseLease {
  const fenced = fenceInserts(warehouse, {
    guard: loadSql('kafka/lease-guard'),
    parameters: { lease_epoch: epoch },
  });
  const lost = new AbortController();
  let lastBeat = performance.now();
  let beating: Promise<void> | null = null;
  const beat = async (): Promise<void> => {
    try {
      await write(fenced, { epoch, holder }, 'alive');
      lastBeat = performance.now();
    } catch (error) {
      // A database that is away takes nobody's rows: what counts is who is there when it is back.
      if (isFenced(error)) lost.abort(new Error('the loader lease has passed to another process'));
    }
  };
  const timer = setInterval(() => {
    if (performance.now() - lastBeat < BEAT_MS / 2) return;
    beating ??= beat().finally(() => (beating = null));
  }, BEAT_MS).unref();
  return {
    epoch,
    warehouse: fenced,
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await beating;
      await write(fenced, { epoch, holder }, 'released').catch(() => undefined);
    },
  };
}

async function write(
  warehouse: Warehouse,
  { epoch, holder }: { epoch: number; holder: string },
  state: 'claimed' | 'alive' | 'released',
): Promise<void> {
  const token = state === 'claimed' ? `epoch ${epoch}` : `${holder} ${state} ${Date.now()}`;
  await warehouse.insert({
    table: TABLE,
    columns: ['epoch', 'holder', 'host', 'process_id', 'state'],
    format: 'JSONEachRow',
    body: Buffer.from(JSON.stringify({ epoch, holder, host: hostname(), process_id: process.pid, state })),
    settings: { insert_deduplicate: 1, insert_deduplication_token: token },
  });
}

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
  wanted_by: z.string(),
});
type LeaseRow = z.infer<typeof leaseRow>;

/** Without a sign of life for so long a holder counts as gone. Only liveness: safety is in the fence. */
const SILENCE_MS = 8_000;
const BEAT_MS = 2_000;
const POLL_MS = 500;
/** Whoever wants the lease looks more often: the holder lets go for its sake. */
const WANTING_POLL_MS = 100;
/** So often a waiter says again that it waits; after three seconds of silence it is out of the queue. */
const WANT_MS = 1_000;
const REPORT_MS = 5_000;
const TABLE = 'wxlive_store.loader_lease_ledger';
/** FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: what the guard of the fence throws. */
const FENCED_CODE = 395;

/** The right to store facts in a warehouse that several machines can reach: one process has it. */
export interface WarehouseLease {
  /** Grows by one with every holder. */
  readonly epoch: number;
  /** The warehouse as the holder writes to it: its inserts are refused once the lease has passed on. */
  readonly warehouse: Warehouse;
  /** Aborted when the lease is known to be lost. */
  readonly lost: AbortSignal;
  /** Somebody waits who asked to be let in: whoever may be interrupted lets go, and queues up behind them. */
  wanted(): boolean;
  /** Asks the database whether nobody else has had the lease since. */
  stillHeld(): Promise<boolean>;
  release(): Promise<void>;
}

export interface WarehouseLeaseOptions {
  readonly signal: AbortSignal;
  /** Ask the holder to let go soon; without it the lease is had when its holder ends or is gone. */
  readonly wants: boolean;
  readonly onWait?: (host: string, processId: number) => void;
}

/**
 * Takes the lease; waits while a living process has it. A claim is an insert whose deduplication token is the epoch: of
 * all that claim one epoch the database stores exactly the first. Whoever wants the lease says so in rows of the epoch
 * it waits for; the first of them is the head of the queue, and nobody else claims the next epoch before it.
 */
export async function acquireWarehouseLease(
  warehouse: Warehouse,
  { signal, wants, onWait }: WarehouseLeaseOptions,
): Promise<WarehouseLease> {
  const holder = randomUUID();
  let reportAt = 0;
  let said = { epoch: 0, at: 0 };
  for (;;) {
    signal.throwIfAborted();
    const [current] = await warehouse.query(loadSql('kafka/lease'), leaseRow);
    const first = current === undefined || current.wanted_by === '' || current.wanted_by === holder;
    if (first && (current === undefined || isFree(current))) {
      const epoch = (current?.epoch ?? 0) + 1;
      await write(warehouse, { epoch, holder }, 'claimed');
      const [now] = await warehouse.query(loadSql('kafka/lease'), leaseRow);
      if (now?.epoch === epoch && now.holder === holder) return hold(warehouse, epoch, holder);
      continue;
    }
    const { epoch } = current;
    const at = performance.now();
    if (wants && (said.epoch !== epoch || at - said.at > WANT_MS)) {
      await write(warehouse, { epoch, holder }, 'wanted');
      said = { epoch, at };
    }
    if (at >= reportAt) {
      onWait?.(current.host, current.process_id);
      reportAt = at + REPORT_MS;
    }
    await sleep(wants ? WANTING_POLL_MS : POLL_MS, undefined, { signal });
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
  let wantedBy = '';
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    try {
      if (performance.now() - lastBeat >= BEAT_MS) {
        await write(fenced, { epoch, holder }, 'alive');
        lastBeat = performance.now();
      }
      const [current] = await warehouse.query(loadSql('kafka/lease'), leaseRow);
      wantedBy = current?.epoch === epoch ? current.wanted_by : '';
    } catch (error) {
      // A database that is away takes nobody's rows: what counts is who is there when it is back.
      if (isFenced(error)) lost.abort(new Error('the loader lease has passed to another process'));
    }
  };
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = null));
  }, POLL_MS).unref();
  return {
    epoch,
    warehouse: fenced,
    lost: lost.signal,
    wanted: () => wantedBy !== '',
    async stillHeld() {
      const [current] = await warehouse.query(loadSql('kafka/lease'), leaseRow);
      return current?.epoch === epoch && current.holder === holder;
    },
    async release() {
      clearInterval(timer);
      await looking;
      await write(fenced, { epoch, holder }, 'released').catch(() => undefined);
    },
  };
}

async function write(
  warehouse: Warehouse,
  { epoch, holder }: { epoch: number; holder: string },
  state: 'claimed' | 'alive' | 'wanted' | 'released',
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

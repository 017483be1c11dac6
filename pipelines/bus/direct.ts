import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  InterruptedRestore,
  loadSql,
  readLedger,
  RESTORE_ENTRY,
  WarehouseError,
  writeLedger,
  type Warehouse,
} from '../../sql/index.js';
import { Loader } from '../load/loader.js';
import type { BatchParts, BusMessage, BusReply, PartBus, PartsReply } from './bus.js';
import { asLostTurn, turnsOf, type LoadingTurn, type LoadingTurns } from './loading-turns.js';

/** The bus of the embedded mode: this process stores what it publishes, while it holds the loader lease. */
export interface DirectBus extends PartBus {
  /** Numbers for batches, ascending in time over all processes; no two are alike. */
  nextBatchSeq(): number;
  /** Something outside of a publish failed: the next one makes good what is half done, as after a kill. */
  distrust(): void;
  /** Gives the lease back, after the publish that is on its way; the next publish takes it again. */
  close(): Promise<void>;
}

const lastRow = z.object({ batch_seq: z.coerce.number() });
/** So often a process that has nothing to publish looks whether somebody waits for the lease. */
const LOOK_MS = 50;
/** Numbers are microseconds of the clock, of which the last three digits tell processes apart. */
const SEQUENCES_A_MILLISECOND = 1_000;
/** Of which the upper half is for those who load nothing themselves: see KafkaBus. */
const EPOCHS_A_MILLISECOND = 500;

/**
 * Opens the direct bus: waits for the lease, makes good what a killed loader left, and reads what it needs. From then
 * on loaders take turns: one that is waited for lets go after the message on its way and queues up behind the other.
 *
 * @param onWait told every second while another process loads
 */
export async function openDirectBus(
  warehouse: Warehouse,
  dataDir: string,
  onWait?: (waitedMs: number) => void,
): Promise<DirectBus> {
  return openBusOf(warehouse, turnsOf(warehouse, dataDir, onWait));
}

/** The same, with turns from elsewhere. */
export async function openBusOf(warehouse: Warehouse, turns: LoadingTurns): Promise<DirectBus> {
  const bus = new TurnTakingBus(warehouse, turns);
  await bus.open();
  return bus;
}

class TurnTakingBus implements DirectBus {
  private lease: LoadingTurn | null = null;
  /** null when what it remembers of the warehouse may be wrong. */
  private loader: Loader | null = null;
  salt = '';
  private lastEpoch = 0;
  /** Whose fence belongs to one turn, where there is one. */
  private lastWarehouse: Warehouse | null = null;
  private lastMilliseconds = 0;
  /** Batches up to this number were called failed by whoever recovered meanwhile. */
  private closedThrough = 0;
  /** Messages one after the other. */
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private closed = false;
  private readonly look: NodeJS.Timeout;

  constructor(
    private readonly warehouse: Warehouse,
    private readonly turns: LoadingTurns,
  ) {
    this.look = setInterval(() => {
      if (this.waiting === 0 && this.lease?.wanted() === true) void this.inTurn(() => this.release());
    }, LOOK_MS).unref();
  }

  async open(): Promise<void> {
    try {
      await this.inTurn(() => this.takeLease());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  publish(message: BusMessage): Promise<BusReply> {
    return this.load(message.batchSeq, (loader) => loader.publish(message));
  }

  publishParts(message: BatchParts): Promise<PartsReply> {
    return this.load(message.batchSeq, (loader) => loader.publishParts(message));
  }

  async settle(): Promise<void> {
    // Whoever let go has settled; a loader that is not trusted is followed by one that recovers.
    if (this.lease === null && this.loader !== null) return;
    await this.load(null, (loader) => loader.settle());
  }

  nextBatchSeq(): number {
    // Ascending even when the clock steps back.
    this.lastMilliseconds = Math.max(this.lastMilliseconds + 1, Date.now());
    return this.lastMilliseconds * SEQUENCES_A_MILLISECOND + (this.lastEpoch % EPOCHS_A_MILLISECOND);
  }

  distrust(): void {
    this.loader = null;
  }

  async close(): Promise<void> {
    clearInterval(this.look);
    this.closed = true;
    await this.inTurn(() => this.release());
  }

  /** Work on one batch, or on what batches left, under the lease. */
  private async load<Reply>(
    batchSeq: number | null,
    work: (loader: Loader) => Promise<Reply>,
  ): Promise<Reply> {
    return this.inTurn(async () => {
      const loader = await this.takeLease();
      try {
        if (batchSeq !== null && batchSeq <= this.closedThrough) {
          await this.warehouse.command(loadSql('load/reopen-batch'), { batch: batchSeq });
        }
        const reply = await work(loader);
        if (this.lease?.wanted() === true) await this.release();
        return reply;
      } catch (error) {
        // Half of it may be stored: what the loader remembers is no longer what is there.
        this.loader = null;
        const reason = asLostTurn(error);
        if (reason !== error) await this.release();
        throw reason;
      }
    });
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.waiting++;
    const mine = this.turn.then(work, work);
    this.turn = mine;
    try {
      return await mine;
    } finally {
      this.waiting--;
      if (this.closed && this.waiting === 0) await this.release();
    }
  }

  private async release(): Promise<void> {
    const { lease } = this;
    this.lease = null;
    if (lease === null) return;
    try {
      if (!lease.lost()) await this.loader?.settle();
    } catch {
      // Whoever loads next makes it good.
      this.loader = null;
    }
    await lease.release();
  }

  /** The loader under the lease; a new one when somebody else may have written since. */
  private async takeLease(): Promise<Loader> {
    if (this.lease?.lost() === true) await this.release();
    if (this.lease === null) {
      const before = this.lastWarehouse;
      this.lease = await this.turns.take();
      if (this.lease.epoch !== this.lastEpoch + 1 || this.lease.warehouse !== before) this.loader = null;
      this.lastEpoch = this.lease.epoch;
      this.lastWarehouse = this.lease.warehouse;
    }
    this.loader ??= await this.openLoader(this.lease.warehouse);
    return this.loader;
  }

  private async openLoader(warehouse: Warehouse): Promise<Loader> {
    const salt = await eventSalt(warehouse);
    if (this.salt !== '' && salt !== this.salt) throw restoredMeanwhile();
    this.salt = salt;
    const loader = new Loader(warehouse, this.salt);
    await loader.recover();
    const [last] = await this.warehouse.query(loadSql('load/last-batch'), lastRow);
    this.closedThrough = Math.max(this.closedThrough, last?.batch_seq ?? 0);
    this.lastMilliseconds = Math.max(
      this.lastMilliseconds,
      Math.ceil((last?.batch_seq ?? 0) / SEQUENCES_A_MILLISECOND),
    );
    return loader;
  }
}

/** Rows on their way were keyed for the warehouse that was there before. */
function restoredMeanwhile(): WarehouseError {
  return new WarehouseError(
    'this warehouse was restored from a backup while this process ran: start it again',
    null,
    false,
  );
}

/** What event keys are salted with: made once a warehouse. Throws while a restore is under way, or lies half-way. */
async function eventSalt(warehouse: Warehouse): Promise<string> {
  const ledger = await readLedger(warehouse);
  if (ledger.get(RESTORE_ENTRY)?.startsWith('begun ') === true) throw new InterruptedRestore();
  const known = ledger.get('event_salt');
  if (known !== undefined) return known;
  const salt = randomBytes(16).toString('hex');
  await writeLedger(warehouse, 'event_salt', salt);
  return salt;
}

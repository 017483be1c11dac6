import { blamesRecord } from '../consume/failure-blame.js';
import type { AdapterName, AttendanceScope, CanonicalRecord } from '../../schemas/index.js';
import type { BusReply } from '../bus/bus.js';
import { batchId, writeBatch, type BatchEntry } from '../load/batch-ledger.js';
import type { AmendedBatch } from '../load/load-result.js';
import type { ReplayOptions, ReplayTools } from './replay-options.js';
import type { RereadRow } from './reread-row.js';

/** A bad row that can be read now, and where it came from. */
export interface ReadyReject extends RereadRow {
  readonly rejectId: string;
  readonly place: string;
  readonly adapter: AdapterName;
  /** `default` when its file named none. */
  readonly account: string;
  /** Batch that refused it; 0 when that is not known. */
  readonly batchSeq: number;
  readonly sha256: string;
}

export interface LoadedRejects {
  readonly accepted: number;
  readonly duplicates: number;
  readonly conflicts: number;
  /** Ids of those that are in the warehouse now. */
  readonly loaded: readonly string[];
  /** Those whose list waits for --accept-shrink. */
  readonly held: readonly ReadyReject[];
  /** Those that the database refuses for their own sake. */
  readonly refused: readonly RefusedReject[];
}

export interface RefusedReject {
  readonly row: ReadyReject;
  readonly reason: string;
}

/** What `load` gathers. */
interface Gathered {
  accepted: number;
  duplicates: number;
  conflicts: number;
  readonly loaded: string[];
  readonly held: ReadyReject[];
  readonly refused: RefusedReject[];
}

/** Rows that are published together. */
interface Message {
  readonly rows: ReadyReject[];
  readonly amends: AmendedBatch | null;
  readonly exportedAt: number;
}

/** The batches of one replay: one an adapter and account, each in the ledger before its first row is published. */
export class ReplayBatches {
  private readonly entries = new Map<string, BatchEntry>();
  private readonly startedAt = Date.now();

  constructor(
    private readonly options: ReplayOptions,
    private readonly tools: ReplayTools,
  ) {}

  /** Public names of the batches that were needed. */
  ids(): readonly string[] {
    return [...this.entries.values()].map(({ batchSeq }) => batchId(batchSeq));
  }

  async load(rows: readonly ReadyReject[]): Promise<LoadedRejects> {
    const gathered: Gathered = {
      ...{ accepted: 0, duplicates: 0, conflicts: 0 },
      ...{ loaded: [], held: [], refused: [] },
    };
    for (const message of messagesOf(rows)) await this.loadMessage(message, gathered);
    return gathered;
  }

  /** What the database refuses for a row's own sake is narrowed down to that row; the others go in. */
  private async loadMessage(message: Message, gathered: Gathered): Promise<void> {
    const [first] = message.rows;
    if (first === undefined) return;
    let reply: BusReply | null;
    try {
      reply = await this.publish(
        first,
        message.rows.flatMap((row) => row.records),
        message,
      );
    } catch (error) {
      if (!blamesRecord(error)) throw error;
      const half = message.rows.length >> 1;
      if (half === 0) {
        gathered.refused.push({ row: first, reason: error instanceof Error ? error.message : 'refused' });
        return;
      }
      await this.loadMessage({ ...message, rows: message.rows.slice(0, half) }, gathered);
      await this.loadMessage({ ...message, rows: message.rows.slice(half) }, gathered);
      return;
    }
    if (reply?.held === true) {
      gathered.held.push(...message.rows);
      return;
    }
    const accepted = acceptedRows(message.rows, reply);
    const duplicates = message.rows.length - accepted;
    const conflicts = reply?.conflicts ?? 0;
    gathered.accepted += accepted;
    gathered.duplicates += duplicates;
    gathered.conflicts += conflicts;
    this.count(first, { accepted, duplicates, conflicts });
    gathered.loaded.push(...message.rows.map(({ rejectId }) => rejectId));
  }

  /** Says how the batches ended. */
  async finish(): Promise<void> {
    for (const entry of this.entries.values()) {
      await writeBatch(this.tools.warehouse, { ...entry, state: 'loaded' });
    }
  }

  /** null: nothing to publish, or a dry run. */
  private async publish(
    first: ReadyReject,
    records: readonly CanonicalRecord[],
    { amends, exportedAt }: Message,
  ): Promise<BusReply | null> {
    if (this.options.dryRun || records.length === 0) return null;
    const bus = await this.tools.bus();
    const { batchSeq } = await this.begin(first, () => bus.nextBatchSeq());
    return bus.publish({
      batchSeq,
      records,
      snapshot: { exportedAt, scopes: scopesOf(records), acceptShrink: this.options.acceptShrink },
      ...(amends === null ? {} : { amends }),
    });
  }

  private async begin({ adapter, account }: ReadyReject, nextSeq: () => number): Promise<BatchEntry> {
    const key = JSON.stringify([adapter, account]);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const entry: BatchEntry = {
      batchSeq: nextSeq(),
      file: 'rejects replay',
      sha256: '',
      adapter,
      account,
      rows: 0,
      accepted: 0,
      duplicates: 0,
      rejected: 0,
      held: 0,
      conflicts: 0,
      state: 'loading',
      newerBy: 'import',
      startedAt: this.startedAt,
    };
    await writeBatch(this.tools.warehouse, entry);
    this.entries.set(key, entry);
    return entry;
  }

  private count(
    { adapter, account }: ReadyReject,
    more: { readonly accepted: number; readonly duplicates: number; readonly conflicts: number },
  ): void {
    const key = JSON.stringify([adapter, account]);
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.set(key, {
      ...entry,
      rows: entry.rows + more.accepted + more.duplicates,
      accepted: entry.accepted + more.accepted,
      duplicates: entry.duplicates + more.duplicates,
      conflicts: entry.conflicts + more.conflicts,
    });
  }
}

/**
 * Events go together: the first accepted wins, whenever it comes. What a later batch may have restated since is published
 * by the batch that refused it, which says what came after.
 */
function messagesOf(rows: readonly ReadyReject[]): Iterable<Message> {
  const messages = new Map<string, Message>();
  for (const row of rows) {
    const { adapter, account, batchSeq, sha256, exportedAt } = row;
    const restatable = row.records.some(({ kind }) => kind !== 'event' && kind !== 'identity_link');
    const key = JSON.stringify([adapter, account, ...(restatable ? [batchSeq, exportedAt] : [])]);
    const message = messages.get(key) ?? {
      rows: [],
      amends: restatable ? { batchSeq, sha256 } : null,
      exportedAt,
    };
    message.rows.push(row);
    messages.set(key, message);
  }
  return messages.values();
}

function scopesOf(records: readonly CanonicalRecord[]): readonly AttendanceScope[] {
  const scopes = new Set<AttendanceScope>();
  for (const record of records) if (record.kind === 'attendance') scopes.add(record.scope);
  return [...scopes];
}

/** How many rows gave at least one record that was not there; on a dry run all that give one. */
function acceptedRows(rows: readonly ReadyReject[], reply: BusReply | null): number {
  let at = 0;
  let accepted = 0;
  for (const { records } of rows) {
    const end = at + records.length;
    let fresh = reply === null && records.length > 0;
    for (; at < end; at++) fresh ||= reply?.accepted[at] === 1;
    if (fresh) accepted++;
  }
  return accepted;
}

import type { AdapterName } from '../../schemas/index.js';
import type { BusReply } from '../bus/bus.js';
import { batchId, type BatchEntry } from '../load/batch-ledger.js';
import type { LoadedFile, ReportedReject } from './file-report.js';
import { REPORTED_REJECTS, type StagedRows } from './row-stage.js';

/** What a batch is about, whatever becomes of it. */
export interface FileIdentity {
  readonly file: string;
  readonly sha256: string;
  readonly adapter: AdapterName;
  readonly account: string;
  readonly startedAt: number;
}

/** The figures of one file: `rows = accepted + duplicates + rejected + held` (PRODUCT §3). */
export class FileTally {
  private rows = 0;
  private rejected = 0;
  private accepted = 0;
  private conflicts = 0;
  private droppedKeys = 0;
  private held = false;
  private readonly reported: ReportedReject[] = [];

  /** Rows that were read. */
  addRows({ rows, rejected, droppedKeys, reported }: StagedRows): void {
    this.rows += rows;
    this.rejected += rejected;
    this.droppedKeys += droppedKeys;
    this.reported.push(...reported.slice(0, REPORTED_REJECTS - this.reported.length));
  }

  /** What became of the records of these rows; null: nobody was asked, all are taken for accepted. */
  addReply(recordRows: Uint32Array, accepted: Uint8Array | null): void {
    let last = 0;
    recordRows.forEach((row, record) => {
      // A row of several records counts once; its records follow each other.
      if (row === last || (accepted !== null && accepted[record] !== 1)) return;
      this.accepted++;
      last = row;
    });
  }

  addOutcome({ conflicts, held }: Pick<BusReply, 'conflicts' | 'held'>): void {
    this.conflicts += conflicts;
    this.held ||= held;
  }

  /** What a loader says became of the good rows of the whole file. */
  settle(outcome: { readonly accepted: number; readonly conflicts: number; readonly held: boolean }): void {
    this.accepted = outcome.accepted;
    this.conflicts = outcome.conflicts;
    this.held = outcome.held;
  }

  get rowsRead(): number {
    return this.rows;
  }

  get isHeld(): boolean {
    return this.held;
  }

  /** A state of the batch for the ledger. */
  entry(
    identity: FileIdentity,
    batch: Pick<BatchEntry, 'batchSeq' | 'newerBy'>,
    state: BatchEntry['state'],
  ): BatchEntry {
    const { rows, rejected, conflicts } = this;
    return { ...identity, ...batch, state, rows, rejected, conflicts, ...this.outcome() };
  }

  /** @param batchSeq null on a dry run */
  report(path: string, adapter: AdapterName, batchSeq: number | null, startedAt: number): LoadedFile {
    return {
      file: path,
      adapter,
      batch_id: batchSeq === null ? null : batchId(batchSeq),
      rows: this.rows,
      ...this.outcome(),
      state: this.held ? 'held' : 'loaded',
      rejected: this.rejected,
      conflicts: this.conflicts,
      dropped_keys: this.droppedKeys,
      seconds: (Date.now() - startedAt) / 1000,
      rejects: this.reported,
    };
  }

  private outcome(): { accepted: number; duplicates: number; held: number } {
    const good = this.rows - this.rejected;
    if (this.held) return { accepted: 0, duplicates: 0, held: good };
    return { accepted: this.accepted, duplicates: good - this.accepted, held: 0 };
  }
}

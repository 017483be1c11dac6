import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { FormatError } from '../../formats/index.js';
import {
  DEFAULT_ACCOUNT,
  describeFailure,
  type AdapterName,
  type AttendanceScope,
  type CanonicalRecord,
  type DraftRecord,
  type FileFailure,
  type Language,
  type Progress,
  type RejectFailure,
} from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { BusReply } from '../bus/bus.js';
import type { DirectBus } from '../bus/direct.js';
import { batchId, writeBatch, type BatchEntry } from '../load/batch-ledger.js';
import { rejectId, storeRejects, type Reject } from '../load/rejects.js';
import { maskPreview } from '../privacy/mask-preview.js';
import type { Placement } from '../privacy/placement.js';
import type { Pseudonymizer } from '../privacy/pseudonymize.js';
import type { Seal } from '../privacy/seal.js';
import type { ColumnAlias } from '../sources/column-match.js';
import type { Source, SourceContext } from '../source.js';
import type { FileReport, ReportedReject } from './file-report.js';
import { findExportTime, findFileDay } from './file-time.js';
import { FileRefused, openInput, type Input, type InputRow } from './input-rows.js';
import { placeDraft } from './place-draft.js';

/** What a user says beside the file. */
export interface ImportOptions {
  readonly adapter: AdapterName | null;
  readonly room: string | null;
  readonly account: string | null;
  readonly passwords: readonly string[];
  readonly wallClockZone: string | null;
  readonly amountUnit: 'fen' | 'yuan' | null;
  /** `--exported-at`, UTC ms. */
  readonly exportedAt: number | null;
  /** `--scope`: whose list the file is. */
  readonly scope: AttendanceScope | null;
  readonly acceptShrink: boolean;
  readonly dryRun: boolean;
  readonly aliases: readonly ColumnAlias[];
  readonly eventMap: Readonly<Record<string, string>>;
  readonly language: Language;
}

/** What an import works with. */
export interface ImportTools {
  readonly sources: readonly Source[];
  readonly pseudonymizer: Pseudonymizer;
  readonly seal: Seal;
  readonly warehouse: Warehouse;
  /** Opened when the first batch is ready, so that a file that cannot be read waits for nobody. */
  bus(): Promise<DirectBus>;
  readonly progress: Progress;
}

/** Records published at once: large enough for few inserts, small enough for bounded memory. */
const BATCH_RECORDS = 50_000;
const REPORTED_REJECTS = 20;
const WAITING_REJECTS = 5_000;

/** Imports one file. Never throws for what is wrong with the file; throws when the warehouse cannot take it. */
export async function runImport(
  path: string,
  options: ImportOptions,
  tools: ImportTools,
): Promise<FileReport> {
  const file = basename(path);
  const refuse = (failure: FileFailure): FileReport => ({
    file: path,
    error: { code: failure.code, ...describeFailure(failure, options.language) },
  });
  const input = await openInput(path, tools.sources, options);
  if (!input.ok) return refuse(input.failure);
  try {
    const run = new FileImport(file, path, await sha256Of(path), options, tools, input.value);
    return await run.run();
  } catch (error) {
    if (error instanceof FileRefused) return refuse(error.failure);
    if (error instanceof FormatError) return refuse(error.failure);
    throw error;
  } finally {
    await input.value.opened.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

/** A draft and the row it came from. */
interface HeldDraft {
  readonly draft: DraftRecord;
  readonly row: number;
}

/** The state of one file on its way in. */
class FileImport {
  private readonly startedAt = Date.now();
  private readonly source: Source;
  private rows = 0;
  private rejected = 0;
  private acceptedRows = 0;
  private conflicts = 0;
  private held = false;
  /** Waiting to be stored; a file of bad rows alone must not fill the memory. */
  private rejects: Reject[] = [];
  private readonly reported: ReportedReject[] = [];
  /** A row of each table and how many there are; kept for sources that check their tables. */
  private readonly tables = new Map<number, { readonly row: InputRow; readonly rows: number }>();
  private batchSeq = 0;
  private records: CanonicalRecord[] = [];
  private recordRows: number[] = [];
  private inFlight: Promise<void> = Promise.resolve();
  private lastAcceptedRow = -1;
  private lastContext: SourceContext | null = null;
  private newerBy: BatchEntry['newerBy'] = 'import';

  constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly sha256: string,
    private readonly options: ImportOptions,
    private readonly tools: ImportTools,
    private readonly input: Input,
  ) {
    this.source = input.source;
  }

  async run(): Promise<FileReport> {
    // A room that is checked must be right in every row before any is stored.
    const whole = this.source.loads === 'whole' || this.options.room !== null;
    await (whole ? this.readWhole() : this.readStream());
    await this.inFlight;
    if (!this.options.dryRun) {
      await this.begin();
      await this.flushRejects();
      await writeBatch(this.tools.warehouse, this.entry(this.held ? 'held' : 'loaded'));
    }
    this.tools.progress.end();
    return this.report();
  }

  private async readStream(): Promise<void> {
    const placement = this.placement(this.options.exportedAt ?? this.startedAt, null);
    for await (const rows of this.input.rows()) {
      for (const row of rows) {
        for (const draft of this.normalize(row)) {
          const placed = placeDraft(draft, null);
          if (!placed.ok) throw new FileRefused(placed.failure);
          this.records.push(this.tools.pseudonymizer.pseudonymize(placed.value, placement));
          this.recordRows.push(this.rows);
        }
      }
      this.showProgress();
      if (this.records.length >= BATCH_RECORDS) await this.flush();
      if (this.rejects.length >= WAITING_REJECTS) await this.flushRejects();
    }
    await this.flush();
  }

  private async readWhole(): Promise<void> {
    const held: HeldDraft[] = [];
    for await (const rows of this.input.rows()) {
      for (const row of rows) {
        for (const draft of this.normalize(row)) {
          const placed = placeDraft(draft, this.options.room);
          if (!placed.ok) throw new FileRefused(placed.failure);
          held.push({ draft: placed.value, row: this.rows });
        }
      }
      this.showProgress();
    }
    this.checkTables();
    const { titles, tables } = this.input.words();
    const stated = held.reduce<number | null>(
      (newest, { draft }) =>
        draft.kind === 'minute' && draft.exported_at !== null
          ? Math.max(newest ?? 0, draft.exported_at)
          : newest,
      null,
    );
    const words = { titles, tables, fileName: this.file, rowsExportedAt: stated };
    const time = findExportTime(words);
    this.newerBy = time?.from ?? (this.options.exportedAt === null ? 'import' : 'option');
    const exportedAt = time?.at ?? this.options.exportedAt ?? this.startedAt;
    const placement = this.placement(exportedAt, findFileDay(words));
    for (const { draft, row } of held) {
      this.records.push(this.tools.pseudonymizer.pseudonymize(draft, placement));
      this.recordRows.push(row);
    }
    if (this.records.length > 0) await this.flush(exportedAt);
  }

  /** The drafts of a row; [] when it is rejected (and counted) or says nothing. */
  private normalize(row: InputRow): readonly DraftRecord[] {
    const drafts = row.row.ok ? this.source.normalize(row.row.value, this.context(row)) : row.row;
    if (drafts.ok && drafts.value.length === 0) return [];
    this.rows++;
    if (this.source.checkTable !== undefined) {
      const table = this.tables.get(row.tableIndex) ?? { row, rows: 0 };
      this.tables.set(row.tableIndex, { row, rows: table.rows + 1 });
    }
    if (drafts.ok) return drafts.value;
    this.reject(row, drafts.failure);
    return [];
  }

  /** Whether each table holds as many rows as its titles promise. */
  private checkTables(): void {
    for (const { row, rows } of this.tables.values()) {
      const checked = this.source.checkTable?.(this.context(row), rows);
      if (checked?.ok === false) throw new FileRefused(checked.failure);
    }
  }

  private reject(row: InputRow, failure: RejectFailure): void {
    this.rejected++;
    const original = row.original();
    // The same bytes under another name are the same file.
    const id = rejectId(this.sha256, row.place.replace(this.file, ''));
    const reason = describeFailure(failure, this.options.language).message;
    if (this.reported.length < REPORTED_REJECTS) {
      this.reported.push({ where: row.place, code: failure.code, reason });
    }
    if (this.options.dryRun) return;
    this.rejects.push({
      rejectId: id,
      place: row.place,
      code: failure.code,
      reason,
      preview: maskPreview(original),
      sealed: this.tools.seal.seal(original, id),
      pseudonyms: [],
    });
  }

  /** Stores the rejects that wait; only for a file that is known to be readable. */
  private async flushRejects(): Promise<void> {
    if (this.options.dryRun) return;
    await this.begin();
    const { rejects } = this;
    this.rejects = [];
    await storeRejects(this.tools.warehouse, this.rejectOrigin(), rejects);
  }

  /** Publishes what was collected, one message at a time, while the next is being read. */
  private async flush(exportedAt = this.startedAt): Promise<void> {
    const { records, recordRows } = this;
    this.records = [];
    this.recordRows = [];
    if (records.length === 0) return;
    if (this.options.dryRun) {
      this.count(recordRows, null);
      return;
    }
    await this.inFlight;
    await this.begin();
    const bus = await this.tools.bus();
    const publishing = bus
      .publish({
        batchSeq: this.batchSeq,
        records,
        snapshot: {
          exportedAt,
          scopes: this.scopes(records),
          acceptShrink: this.options.acceptShrink,
        },
      })
      .then((reply) => {
        this.count(recordRows, reply);
      });
    this.inFlight = publishing;
    // The failure is thrown where inFlight is awaited; this only keeps it from being called unhandled meanwhile.
    publishing.catch(() => undefined);
  }

  private count(recordRows: readonly number[], reply: BusReply | null): void {
    this.conflicts += reply?.conflicts ?? 0;
    this.held ||= reply?.held ?? false;
    recordRows.forEach((row, index) => {
      const accepted = reply === null || reply.accepted[index] === 1;
      // A row of several records counts once; its records follow each other.
      if (accepted && row !== this.lastAcceptedRow) {
        this.acceptedRows++;
        this.lastAcceptedRow = row;
      }
    });
  }

  /** Takes a batch number and says that the batch is on its way. */
  private async begin(): Promise<void> {
    if (this.batchSeq !== 0) return;
    this.batchSeq = (await this.tools.bus()).nextBatchSeq();
    await writeBatch(this.tools.warehouse, this.entry('loading'));
  }

  private scopes(records: readonly CanonicalRecord[]): readonly AttendanceScope[] {
    if (this.options.scope !== null) return [this.options.scope];
    const stated = this.input.summary().scopes;
    if (stated !== undefined) return stated;
    const seen = new Set<AttendanceScope>();
    for (const record of records) if (record.kind === 'attendance') seen.add(record.scope);
    return [...seen];
  }

  /** Rows of one table have one context. */
  private context(row: InputRow): SourceContext {
    const { table, tableIndex, titles } = row;
    const last = this.lastContext;
    if (last?.table === table && last.tableIndex === tableIndex && last.titles === titles) return last;
    this.lastContext = {
      adapter: this.source.name,
      room: this.options.room,
      receivedAt: this.startedAt,
      wallClockZone: this.options.wallClockZone,
      amountUnit: this.options.amountUnit,
      eventMap: this.options.eventMap,
      table,
      tableIndex,
      titles,
    };
    return this.lastContext;
  }

  private placement(exportedAt: number, day: string | null): Placement {
    return {
      adapter: this.source.name,
      receivedAt: this.startedAt,
      account: this.options.account,
      room: this.options.room,
      exportedAt,
      day: day ?? new Date(exportedAt + BEIJING_MS).toISOString().slice(0, 10),
    };
  }

  private showProgress(): void {
    this.tools.progress.update(this.file, this.input.opened.consumed(), this.input.opened.bytes);
  }

  private rejectOrigin(): Parameters<typeof storeRejects>[1] {
    return {
      batchId: batchId(this.batchSeq),
      adapter: this.source.name,
      account: this.options.account ?? DEFAULT_ACCOUNT,
      receivedAt: this.startedAt,
    };
  }

  private entry(state: BatchEntry['state']): BatchEntry {
    const { file, sha256, rows, rejected, conflicts, newerBy, startedAt, batchSeq } = this;
    const counts = { rows, rejected, conflicts, newerBy, startedAt, batchSeq, ...this.outcome() };
    return {
      ...counts,
      file,
      sha256,
      adapter: this.source.name,
      account: this.options.account ?? DEFAULT_ACCOUNT,
      state,
    };
  }

  /** rows = accepted + duplicates + rejected + held. */
  private outcome(): { accepted: number; duplicates: number; held: number } {
    const good = this.rows - this.rejected;
    if (this.held) return { accepted: 0, duplicates: 0, held: good };
    return { accepted: this.acceptedRows, duplicates: good - this.acceptedRows, held: 0 };
  }

  private report(): FileReport {
    return {
      file: this.path,
      adapter: this.source.name,
      batch_id: this.options.dryRun ? null : batchId(this.batchSeq),
      rows: this.rows,
      ...this.outcome(),
      rejected: this.rejected,
      conflicts: this.conflicts,
      seconds: (Date.now() - this.startedAt) / 1000,
      rejects: this.reported,
    };
  }
}

/** Platform exports are Beijing time (PRODUCT §3). */
const BEIJING_MS = 8 * 3_600_000;

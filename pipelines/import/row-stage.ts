import {
  describeFailure,
  type CanonicalRecord,
  type DraftRecord,
  type FileFailure,
  type Language,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import { rejectId, type Reject } from '../load/rejects.js';
import { maskPreview } from '../privacy/mask-preview.js';
import type { Placement } from '../privacy/placement.js';
import type { Pseudonymizer } from '../privacy/pseudonymize.js';
import type { Seal } from '../privacy/seal.js';
import type { Source, SourceContext } from '../source.js';
import { packOriginal } from '../replay/original.js';
import type { ReportedReject } from './file-report.js';
import type { ImportOptions } from './import-options.js';
import { FileRefused, type InputRow } from './input.js';
import { placeDraft } from './place-draft.js';

/** What is the same for all rows of a file, and plain enough to be sent to another thread. */
export interface StageSettings {
  /** Base name of the file. */
  readonly file: string;
  readonly sha256: string;
  /** When the import began. */
  readonly startedAt: number;
  readonly context: Pick<SourceContext, 'room' | 'wallClockZone' | 'amountUnit' | 'eventMap'>;
  /** What else was said beside the file and is needed to read one of its rows again. */
  readonly replay: Pick<ImportOptions, 'exportedAt' | 'aliases'>;
  readonly language: Language;
  /** A dry run keeps no rejects but those it shows. */
  readonly keepsRejects: boolean;
}

/** What makes rows into records. */
export interface StageTools {
  readonly source: Source;
  readonly pseudonymizer: Pseudonymizer;
  readonly seal: Seal;
}

/** Where records go, one by one. */
export interface RecordSink {
  add(record: CanonicalRecord): void;
}

/** Counts and rejects of rows that went through the stage. */
export interface StagedRows {
  readonly rows: number;
  readonly rejected: number;
  /** Unknown top-level keys that were left out of events. */
  readonly droppedKeys: number;
  /** Of each record: the number of its row among `rows`. */
  readonly recordRows: Uint32Array;
  readonly rejects: readonly Reject[];
  /** The first rejects, as they are shown. */
  readonly reported: readonly ReportedReject[];
}

export const REPORTED_REJECTS = 20;

/** The way of a row to its records: normalized by its source, placed, pseudonymised; or sealed as a reject. */
export class RowStage {
  private rows = 0;
  private rejected = 0;
  private droppedKeys = 0;
  private recordRows: number[] = [];
  private rejects: Reject[] = [];
  private reported: ReportedReject[] = [];
  private lastContext: SourceContext | null = null;

  constructor(
    private readonly settings: StageSettings,
    private readonly tools: StageTools,
    private readonly sink: RecordSink,
  ) {}

  /** Takes a row all the way. */
  add(row: InputRow, placement: Placement): void {
    for (const draft of this.normalize(row)) {
      const placed = placeDraft(draft, this.settings.context.room);
      if (!placed.ok) throw new FileRefused(placed.failure);
      this.addDraft(placed.value, this.rows, placement);
    }
  }

  /** The drafts of a row; [] when it is rejected (and counted) or says nothing. */
  normalize(row: InputRow): readonly DraftRecord[] {
    const drafts: Outcome<readonly DraftRecord[], RejectFailure> = row.row.ok
      ? this.tools.source.normalize(row.row.value, this.context(row))
      : row.row;
    if (drafts.ok && drafts.value.length === 0) return [];
    this.rows++;
    if (drafts.ok) return drafts.value;
    this.reject(row, drafts.failure);
    return [];
  }

  /** Rows that counted since the last `take`: the number of the last one. */
  get count(): number {
    return this.rows;
  }

  /** Rejects that wait to be taken. */
  get waitingRejects(): number {
    return this.rejects.length;
  }

  addDraft(draft: DraftRecord, row: number, placement: Placement): void {
    if (draft.kind === 'event') this.droppedKeys += draft.dropped_keys.length;
    this.sink.add(this.tools.pseudonymizer.pseudonymize(draft, placement));
    this.recordRows.push(row);
  }

  /** Whether each table holds as many rows as its titles promise. */
  checkTable(row: InputRow, rows: number): Outcome<null, FileFailure> | undefined {
    return this.tools.source.checkTable?.(this.context(row), rows);
  }

  take(): StagedRows {
    const staged = {
      rows: this.rows,
      rejected: this.rejected,
      droppedKeys: this.droppedKeys,
      recordRows: Uint32Array.from(this.recordRows),
      rejects: this.rejects,
      reported: this.reported,
    };
    this.rows = 0;
    this.rejected = 0;
    this.droppedKeys = 0;
    this.recordRows = [];
    this.rejects = [];
    this.reported = [];
    return staged;
  }

  private reject(row: InputRow, failure: RejectFailure): void {
    this.rejected++;
    const { file, sha256, language, keepsRejects } = this.settings;
    const reason = describeFailure(failure, language).message;
    if (this.reported.length < REPORTED_REJECTS) {
      this.reported.push({ where: row.place, code: failure.code, reason });
    }
    if (!keepsRejects) return;
    const original = row.original();
    // The same bytes under another name are the same file.
    const id = rejectId(sha256, row.place.replace(file, ''));
    this.rejects.push({
      rejectId: id,
      place: row.place,
      code: failure.code,
      reason,
      preview: maskPreview(original),
      sealed: this.tools.seal.seal(this.packed(row, original), id),
      pseudonyms: [],
    });
  }

  /** What a replay has to know of the row. */
  private packed({ row, table, tableIndex, titles }: InputRow, original: string): string {
    const { file, context, replay } = this.settings;
    return packOriginal({
      from: row.ok ? row.value.from : 'json',
      row: original,
      table,
      tableIndex,
      titles,
      file,
      room: context.room,
      wallClockZone: context.wallClockZone,
      amountUnit: context.amountUnit,
      exportedAt: replay.exportedAt,
      aliases: replay.aliases,
    });
  }

  /** Rows of one table have one context. */
  private context(row: InputRow): SourceContext {
    const { table, tableIndex, titles } = row;
    const last = this.lastContext;
    if (last?.table === table && last.tableIndex === tableIndex && last.titles === titles) return last;
    this.lastContext = {
      ...this.settings.context,
      adapter: this.tools.source.name,
      receivedAt: this.settings.startedAt,
      table,
      tableIndex,
      titles,
    };
    return this.lastContext;
  }
}

import type { AdapterName, Language, RejectCode } from '../../schemas/index.js';
import type { ImportTools } from '../import/import-options.js';
import type { ColumnAlias } from '../sources/column-match.js';

/** Which rejects are meant; null: all. Those that were replayed already are never meant. */
export interface RejectSelection {
  readonly code: string | null;
  readonly batch: string | null;
  readonly adapter: AdapterName | null;
  /** When they came in, UTC ms, half open. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What holds for the rows now; what is null is taken from the import that refused them. */
export interface ReplayOptions {
  readonly room: string | null;
  readonly account: string | null;
  readonly wallClockZone: string | null;
  readonly amountUnit: 'fen' | 'yuan' | null;
  readonly exportedAt: number | null;
  readonly acceptShrink: boolean;
  /** `column_aliases` of the settings and `--map`. */
  readonly aliases: readonly ColumnAlias[];
  readonly eventMap: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  readonly language: Language;
  /** The moment of the replay, UTC ms. */
  readonly now: number;
}

/** What a replay works with: that of an import. */
export type ReplayTools = Pick<
  ImportTools,
  'sources' | 'pseudonymizer' | 'seal' | 'warehouse' | 'bus' | 'progress'
>;

/** A reject that still cannot be used. */
export interface RemainingReject {
  readonly reject_id: string;
  readonly where: string;
  /** `sealed`: its original cannot be opened (erased, or sealed by another key). */
  readonly code: RejectCode | 'sealed' | 'held';
  readonly reason: string;
}

/** What became of the rejects: rows = accepted + duplicates + rejected. */
export interface ReplayReport {
  readonly dry_run: boolean;
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly conflicts: number;
  /** Batches that hold what was accepted, one an adapter and account. */
  readonly batches: readonly string[];
  /** The first 20 that remain. */
  readonly rejects: readonly RemainingReject[];
}

import type { AdapterName, FailureCode } from '../../schemas/index.js';

/** What became of one file, as `import --json` prints it (PRODUCT §8). */
export type FileReport = LoadedFile | UnusableFile;

export interface LoadedFile {
  readonly file: string;
  readonly adapter: AdapterName;
  /** null on a dry run. */
  readonly batch_id: string | null;
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly held: number;
  /** `held`: a list waits for --accept-shrink, also one without a row. */
  readonly state: 'loaded' | 'held';
  readonly conflicts: number;
  /** Unknown top-level keys that were left out of events. */
  readonly dropped_keys: number;
  readonly seconds: number;
  /** The first 20; all are in `rejects`. */
  readonly rejects: readonly ReportedReject[];
}

export interface ReportedReject {
  readonly where: string;
  readonly code: FailureCode;
  readonly reason: string;
}

export interface UnusableFile {
  readonly file: string;
  readonly error: { readonly code: FailureCode; readonly message: string; readonly fix: string };
}

export function isUnusable(report: FileReport): report is UnusableFile {
  return 'error' in report;
}

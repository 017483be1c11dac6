import type { AdapterName, AttendanceScope, Language, Progress } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { DirectBus } from '../bus/direct.js';
import type { KafkaImport } from './kafka-publisher.js';
import type { PseudonymKey } from '../privacy/key.js';
import type { Pseudonymizer } from '../privacy/pseudonymize.js';
import type { Seal } from '../privacy/seal.js';
import type { ColumnAlias } from '../sources/column-match.js';
import type { Source } from '../source.js';

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
  /** Opened when the file is known to be readable, so that one that is not waits for nobody. */
  bus(): Promise<DirectBus>;
  /** With it, files go through Kafka, and `bus` and `threads` are not asked for. */
  readonly kafka?: KafkaImport;
  readonly progress: Progress;
  /** With them, large files are read on several threads, which make the pseudonymizer and the seal anew. */
  readonly threads?: ThreadSecrets;
}

/** What pseudonymizer and seal are made of. */
export interface ThreadSecrets {
  readonly key: PseudonymKey;
  readonly ownDomains: readonly string[];
}

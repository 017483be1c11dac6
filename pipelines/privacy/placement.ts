import type { AdapterName } from '../../schemas/index.js';

/** What the framework knows of a draft's surroundings: it closes what the source left open. */
export interface Placement {
  readonly adapter: AdapterName;
  readonly receivedAt: number;
  /** `--account`; null: `default`. */
  readonly account: string | null;
  /** `--room`. */
  readonly room: string | null;
  /** When the file was exported, for drafts that do not say (minutes). */
  readonly exportedAt: number;
  /** `2026-09-10`: since when a roster row holds that does not say. */
  readonly day: string;
}

import type { AdapterName, FileFailure } from '../../schemas/index.js';
import type { RecordPart } from '../load/record-part.js';
import type { Placement } from '../privacy/placement.js';
import type { LineBlock } from './line-blocks.js';
import type { StagedRows, StageSettings } from './row-stage.js';

/** What a thread that reads rows is told when it starts. The key stays in memory: threads share the process. */
export interface StageTask {
  readonly keyBytes: Uint8Array;
  readonly ownDomains: readonly string[];
  readonly adapter: AdapterName;
  readonly settings: StageSettings;
  readonly placement: Placement;
  /** See createEventKeys. */
  readonly salt: string;
}

/** To the thread: a block; null when there are no more. */
export type ToStage = LineBlock | null;

/** From the thread: the rows of each block, in order, or why the file is refused. */
export type FromStage = StagedPart | { readonly refused: FileFailure };

export interface StagedPart extends StagedRows {
  readonly part: RecordPart;
}

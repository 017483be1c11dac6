import type { AdapterName, FileFailure } from '../../schemas/index.js';
import type { RecordPart } from '../load/record-part.js';
import type { Placement } from '../privacy/placement.js';
import type { LineBlock } from './line-blocks.js';
import type { StagedRows, StageSettings } from './row-stage.js';

/** What a thread that reads rows is told before the first. The key stays in memory: threads share the process. */
export interface StageTask {
  readonly keyBytes: Uint8Array;
  readonly ownDomains: readonly string[];
  readonly adapter: AdapterName;
  readonly settings: StageSettings;
  readonly placement: Placement;
  /** See createEventKeys. */
  readonly salt: string;
}

/** To the thread: what to do, then the blocks. */
export type ToStage = { readonly task: StageTask } | { readonly block: LineBlock };

/** From the thread: the rows of each block, in order, with the memory the block was in, or why the file is refused. */
export type FromStage = (StagedPart & { readonly memory: ArrayBuffer }) | { readonly refused: FileFailure };

export interface StagedPart extends StagedRows {
  readonly part: RecordPart;
}

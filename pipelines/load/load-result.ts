import type { CanonicalRecord } from '../../schemas/index.js';

/** Records of one batch, in order. */
export interface RecordBatch {
  readonly batchSeq: number;
  readonly records: readonly CanonicalRecord[];
  readonly amends?: AmendedBatch;
  /** Batches that told the same before, ascending: what others told since the first of them stands. Absent: the latest counts. */
  readonly retells?: readonly number[];
}

/** Rows that an earlier batch had to leave out and that are replayed now: what came in since stands. */
export interface AmendedBatch {
  readonly batchSeq: number;
  /** Of its file; '' without one. */
  readonly sha256: string;
}

/** What became of each record of a batch. */
export interface LoadResult {
  /** 1 where the record was stored now, 0 where it was there already. */
  readonly accepted: Uint8Array;
  /** Duplicates whose time or content differs from what was accepted first. */
  readonly conflicts: number;
}

/** Whether a stored row stands against what the batch says of it. */
export function stands(
  stored: Readonly<Record<string, unknown>>,
  { batchSeq, retells = [] }: RecordBatch,
): boolean {
  const [first] = retells;
  const told = Number(stored['batch_seq']);
  return first !== undefined && told > first && told !== batchSeq && !retells.includes(told);
}

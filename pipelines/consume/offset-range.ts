/** Offsets of messages of one partition, both ends included. */
export interface OffsetRange {
  readonly first: number;
  readonly last: number;
}

/** The last range of a partition that the warehouse knows of. */
export interface StoredRange extends OffsetRange {
  /** `intended`: it may be stored, in part or not at all; exactly these messages are stored again. */
  readonly state: 'intended' | 'done';
  /** Time and checksum of the last message. */
  readonly fingerprint: string;
}

/** How messages that arrive lie to the range before. */
export type ArrivalCase =
  'new' | 'next' | 'same' | 'contained' | 'overlap_left' | 'overlap_right' | 'older' | 'gap';

export interface Arrival {
  readonly case: ArrivalCase;
  /** Messages from here on are to be stored; null: none of them. */
  readonly keepFrom: number | null;
}

/** Everything up to here is stored; -1: nothing is. */
export function doneThrough(stored: StoredRange | null): number {
  if (stored === null) return -1;
  return stored.state === 'done' ? stored.last : stored.first - 1;
}

/** Holds what arrives against what the warehouse remembers (ENGINEERING §2). */
export function classifyArrival(arrived: OffsetRange, stored: StoredRange | null): Arrival {
  if (stored === null) return { case: 'new', keepFrom: arrived.first };
  return stored.state === 'done' ? afterDone(arrived, stored) : afterIntended(arrived, stored);
}

function afterDone({ first, last }: OffsetRange, stored: StoredRange): Arrival {
  if (first === stored.last + 1) return { case: 'next', keepFrom: first };
  if (first > stored.last) return { case: 'gap', keepFrom: first };
  if (last > stored.last) return { case: 'overlap_right', keepFrom: stored.last + 1 };
  if (last < stored.first) return { case: 'older', keepFrom: null };
  if (first < stored.first) return { case: 'overlap_left', keepFrom: null };
  return { case: first === stored.first && last === stored.last ? 'same' : 'contained', keepFrom: null };
}

function afterIntended({ first, last }: OffsetRange, stored: StoredRange): Arrival {
  if (last < stored.first) return { case: 'older', keepFrom: null };
  if (first > stored.first) return { case: 'gap', keepFrom: first };
  const keepFrom = stored.first;
  if (first < stored.first) return { case: 'overlap_left', keepFrom };
  if (last === stored.last) return { case: 'same', keepFrom };
  return { case: last < stored.last ? 'contained' : 'overlap_right', keepFrom };
}

/**
 * The last offset of what may be stored now out of messages that lie waiting; null: wait for more. A range that was
 * intended is cut again exactly as it was.
 *
 * @param most the last offset that there is room for
 */
export function cutAt(waiting: OffsetRange, stored: StoredRange | null, most: number): number | null {
  if (stored?.state !== 'intended' || waiting.first > stored.last) return Math.min(waiting.last, most);
  return waiting.last < stored.last ? null : stored.last;
}

/** The marks of an event: bit k = it fits step k + 1, then one bit an exclusion, then whether it interrupts. */
export interface FunnelPlan {
  readonly stepCount: number;
  readonly order: 'ordered' | 'strict' | 'unordered';
  readonly windowMs: number;
  readonly exclusions: readonly {
    /** The mark of its events. */
    readonly bit: number;
    readonly fromStep: number;
    readonly toStep: number;
  }[];
  /** The mark of an event that must not lie within a strict attempt. */
  readonly interruptBit: number;
  /** Steps from this one on carry one value; 0 without `correlate`. */
  readonly correlateFrom: number;
}

/** One viewer's events of the spec's scope, ordered by time, then event id. Arrays may be longer than `count`. */
export interface ViewerEvents {
  count: number;
  /** UTC milliseconds. */
  times: Float64Array;
  marks: Uint32Array;
  /** The correlated value as a number, equal numbers for equal values; 0 where there is none. */
  values: Uint32Array;
}

export function createViewerEvents(capacity = 64): ViewerEvents {
  return {
    count: 0,
    times: new Float64Array(capacity),
    marks: new Uint32Array(capacity),
    values: new Uint32Array(capacity),
  };
}

/** Makes room for so many events; what was there is gone. */
export function reserve(events: ViewerEvents, capacity: number): void {
  if (events.times.length >= capacity) return;
  const size = Math.max(capacity, events.times.length * 2);
  events.times = new Float64Array(size);
  events.marks = new Uint32Array(size);
  events.values = new Uint32Array(size);
}

/** A way through the steps: `events[k]` (an index) fills the (k + 1)-th step reached, at `times[k]`. */
export interface Attempt {
  readonly times: readonly number[];
  readonly events: readonly number[];
}

/** Below zero when `left` is the one that counts: deeper, then earlier step by step, then smaller event ids. */
export function compareAttempts(left: Attempt, right: Attempt): number {
  const depth = right.times.length - left.times.length;
  if (depth !== 0) return depth;
  const times = compareNumbers(left.times, right.times);
  return times === 0 ? compareNumbers(left.events, right.events) : times;
}

/** Lexicographic order of two lists, the shorter first where one begins the other. */
export function compareNumbers(left: readonly number[], right: readonly number[]): number {
  const common = Math.min(left.length, right.length);
  for (let index = 0; index < common; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The index after the last event of the millisecond that `first` begins. */
export function endOfInstant(events: ViewerEvents, first: number): number {
  const time = events.times[first];
  let end = first + 1;
  while (end < events.count && events.times[end] === time) end += 1;
  return end;
}

import type { PathSpec } from '../../../schemas/index.js';

/** One viewer's events in order of time, then event id; the arrays may be longer than `count`. */
export interface ViewerActs {
  readonly count: number;
  readonly times: ArrayLike<number>;
  /** Numbers of event names, from 1. */
  readonly names: ArrayLike<number>;
  /** 1 where the event is a start. */
  readonly starts: ArrayLike<number>;
}

/** A path or a transition as numbers of names, and who went it. */
export interface Walked {
  readonly names: readonly number[];
  readonly viewers: number;
}

export interface PathTally {
  add(viewer: ViewerActs): void;
  /** There are more different paths than can be kept: nothing can be said then. */
  readonly full: boolean;
  /** Every path, the most walked first; equal ones by the numbers of their names. */
  paths(): Walked[];
  transitions(): Walked[];
  readonly viewers: number;
  readonly starts: number;
}

/** Prefixes of paths that are kept at most; a map holds no more than 16 million. */
const MOST_PREFIXES = 5_000_000;
/** More names than there can be (21 bits). */
const NAMES = 2 ** 21;

/**
 * Counts viewers by path. Each run of one name within a session is one step, and every start in it begins the same
 * path, so that a viewer costs as many steps as it has runs, whatever it repeats.
 */
export function createPathTally(
  spec: Pick<PathSpec, 'steps' | 'session_gap_seconds'>,
  mostPrefixes = MOST_PREFIXES,
): PathTally {
  const gapMs = spec.session_gap_seconds * 1000;
  /** A prefix and a name after it → the longer prefix. Prefix 0 is empty. */
  const next = new Map<number, number>();
  const parents = [0];
  const names = [0];
  const ends: { viewers: number[]; lastViewer: number[] } = { viewers: [0], lastViewer: [0] };
  const moves = new Map<number, { viewers: number; lastViewer: number }>();
  let viewers = 0;
  let starts = 0;
  let viewerNumber = 0;

  function after(prefix: number, name: number): number {
    const key = prefix * NAMES + name;
    const known = next.get(key);
    if (known !== undefined) return known;
    const made = parents.length;
    parents.push(prefix);
    names.push(name);
    ends.viewers.push(0);
    ends.lastViewer.push(0);
    next.set(key, made);
    return made;
  }

  function move(from: number, to: number): void {
    const key = from * NAMES + to;
    const known = moves.get(key);
    if (known === undefined) moves.set(key, { viewers: 1, lastViewer: viewerNumber });
    else if (known.lastViewer !== viewerNumber) {
      known.viewers += 1;
      known.lastViewer = viewerNumber;
    }
  }

  return {
    add({ count, times, names: acts, starts: begins }) {
      viewerNumber += 1;
      const runNames: number[] = [];
      const runSessions: number[] = [];
      const runStarts: boolean[] = [];
      let session = 0;
      let own = 0;
      for (let index = 0; index < count; index += 1) {
        const name = acts[index] ?? 0;
        const time = times[index] ?? 0;
        const apart = index > 0 && time - (times[index - 1] ?? 0) > gapMs;
        if (apart) session += 1;
        const run = runNames.length - 1;
        const begun = begins[index] === 1;
        if (begun) own += 1;
        if (run >= 0 && !apart && runNames[run] === name) {
          if (begun) runStarts[run] = true;
        } else {
          runNames.push(name);
          runSessions.push(session);
          runStarts.push(begun);
        }
      }
      for (let first = 0; first < runNames.length; first += 1) {
        if (runStarts[first] !== true) continue;
        let prefix = after(0, runNames[first] ?? 0);
        const end = Math.min(runNames.length, first + spec.steps);
        for (let run = first + 1; run < end && runSessions[run] === runSessions[first]; run += 1) {
          const name = runNames[run] ?? 0;
          move(runNames[run - 1] ?? 0, name);
          prefix = after(prefix, name);
        }
        if (ends.lastViewer[prefix] !== viewerNumber) {
          ends.lastViewer[prefix] = viewerNumber;
          ends.viewers[prefix] = (ends.viewers[prefix] ?? 0) + 1;
        }
      }
      starts += own;
      if (own > 0) viewers += 1;
    },
    paths() {
      const found: Walked[] = [];
      ends.viewers.forEach((walkers, end) => {
        if (walkers === 0) return;
        const path: number[] = [];
        for (let prefix = end; prefix !== 0; prefix = parents[prefix] ?? 0) path.unshift(names[prefix] ?? 0);
        found.push({ names: path, viewers: walkers });
      });
      return found.sort(byViewers);
    },
    transitions: () =>
      [...moves]
        .map(([key, { viewers: walkers }]) => ({
          names: [Math.floor(key / NAMES), key % NAMES],
          viewers: walkers,
        }))
        .sort(byViewers),
    get full() {
      return parents.length > mostPrefixes;
    },
    get viewers() {
      return viewers;
    },
    get starts() {
      return starts;
    },
  };
}

function byViewers(left: Walked, right: Walked): number {
  if (left.viewers !== right.viewers) return right.viewers - left.viewers;
  const length = Math.min(left.names.length, right.names.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left.names[index] ?? 0) - (right.names[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.names.length - right.names.length;
}

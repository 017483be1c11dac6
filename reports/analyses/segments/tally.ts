import type { Segment, SegmentsSpec } from '../../../schemas/index.js';
import { deriveWatchIntervals, splitByLives, type Acts, type Interval } from '../audience/watch-intervals.js';

import { bandOf } from './bands.js';

const DAY_MS = 86_400_000;
const NO_LIVES: readonly Interval[] = [];

/** One viewer as the warehouse tells it. */
export interface ViewerSummary {
  readonly lastMs: number;
  readonly orders: number;
  readonly gmvFen: number;
  /** What it did in each room, replays left out; `room` is a code of the room. */
  readonly rooms: readonly { readonly room: number; readonly acts: Acts }[];
}

export interface SegmentTally {
  readonly add: (viewer: ViewerSummary) => void;
  /** Segments with somebody in them, by their bands. */
  segments(): Segment[];
}

/** Sorts viewers into bands of recency, orders, money and watch time. */
export function createSegmentTally(
  spec: Pick<SegmentsSpec, 'recency_days' | 'frequency' | 'money_fen' | 'watch_seconds' | 'timeout_seconds'>,
  /** What recency counts to. */
  asOfMs: number,
  /** Broadcasts with known bounds of each room, merged and in order. */
  lives: ReadonlyMap<number, readonly Interval[]>,
): SegmentTally {
  const found = new Map<string, { -readonly [Key in keyof Segment]: Segment[Key] }>();
  const timeoutMs = spec.timeout_seconds * 1000;

  function watchMs({ rooms }: ViewerSummary): number {
    let total = 0;
    for (const { room, acts } of rooms) {
      for (const interval of deriveWatchIntervals(acts, timeoutMs)) {
        const { live } = splitByLives(interval, lives.get(room) ?? NO_LIVES);
        for (const { from, to } of live) total += to - from;
      }
    }
    return total;
  }

  return {
    add(viewer) {
      const recency = bandOf((asOfMs - viewer.lastMs) / DAY_MS, spec.recency_days);
      const frequency = bandOf(viewer.orders, spec.frequency);
      const money = bandOf(viewer.gmvFen, spec.money_fen);
      const watch = bandOf(watchMs(viewer) / 1000, spec.watch_seconds);
      const key = `${recency},${frequency},${money},${watch}`;
      let segment = found.get(key);
      if (segment === undefined) {
        segment = { recency, frequency, money, watch, viewers: 0, gmv_fen: 0 };
        found.set(key, segment);
      }
      segment.viewers += 1;
      segment.gmv_fen += viewer.gmvFen;
    },
    segments: () =>
      [...found.values()].sort(
        (left, right) =>
          left.recency - right.recency ||
          left.frequency - right.frequency ||
          left.money - right.money ||
          left.watch - right.watch,
      ),
  };
}

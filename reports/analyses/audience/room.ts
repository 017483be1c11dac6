import { STAYED_MINUTES, instantText, type AudienceRoom, type TimeRange } from '../../../schemas/index.js';

import { measureConcurrency } from './concurrency.js';
import {
  deriveWatchIntervals,
  mergeLives,
  splitByLives,
  type Acts,
  type Interval,
} from './watch-intervals.js';

const MINUTE_MS = 60_000;
/** A silence of a room without known bounds that the curve passes over. */
const QUIET_MS = 2 * 3_600_000;

/** One viewer's acts in a room, those of a replay apart. */
export interface ViewerActs {
  readonly live: Acts;
  readonly replay: Acts;
}

export interface RoomAudience {
  addViewer(acts: ViewerActs): void;
  result(): AudienceRoom;
}

export interface RoomSettings {
  readonly platform: string;
  readonly account: string;
  readonly roomId: string;
  /** Broadcasts whose bounds are known. */
  readonly lives: readonly { readonly from: number; readonly to: number | null }[];
  readonly range: TimeRange;
  readonly timeoutMs: number;
  readonly timeZone: string;
}

/** Gathers the viewers of one room. */
export function createRoomAudience(settings: RoomSettings): RoomAudience {
  const lives = mergeLives(settings.lives);
  const watched: Interval[] = [];
  const watchMs: number[] = [];
  let viewers = 0;
  let views = 0;
  let replayViewers = 0;
  let replayMs = 0;
  let firstEvent = Number.POSITIVE_INFINITY;
  let lastEvent = Number.NEGATIVE_INFINITY;

  return {
    addViewer({ live: liveActs, replay: replayActs }) {
      const replay = deriveWatchIntervals(replayActs, settings.timeoutMs);
      let own = 0;
      for (const interval of deriveWatchIntervals(liveActs, settings.timeoutMs)) {
        const split = splitByLives(interval, lives);
        watched.push(...split.live);
        replay.push(...split.replay);
        own += lengthOf(split.live);
      }
      // As in live_daily: every live_enter, of a replay too.
      views += entersOf(liveActs) + entersOf(replayActs);
      if (liveActs.count > 0) {
        viewers += 1;
        firstEvent = Math.min(firstEvent, liveActs.times[0] ?? 0);
        lastEvent = Math.max(lastEvent, liveActs.times[liveActs.count - 1] ?? 0);
      }
      watchMs.push(own);
      const replayed = lengthOf(replay);
      replayMs += replayed;
      if (replayed > 0) replayViewers += 1;
    },
    result() {
      const { peak, onlineAt } = measureConcurrency(watched);
      const total = lengthOf(watched);
      const spans = liveSpans(lives, settings.range, firstEvent, lastEvent);
      const liveMs = lengthOf(spans);
      const stretches = lives.length > 0 ? spans : busyStretches(watched, firstEvent, lastEvent);
      return {
        platform: settings.platform,
        account: settings.account,
        room_id: settings.roomId,
        viewers,
        views,
        peak_concurrent: peak.online,
        peak_at: peak.at === null ? null : instantText(peak.at, settings.timeZone),
        average_concurrent: liveMs > 0 ? total / liveMs : null,
        watch_seconds: total / 1000,
        curve: minutesOf(stretches).map((minute) => ({
          minute: instantText(minute, settings.timeZone),
          online: onlineAt(minute + MINUTE_MS - 1),
        })),
        stayed: STAYED_MINUTES.map((minutes) => {
          const reached = watchMs.filter((time) => time >= minutes * MINUTE_MS).length;
          return { minutes, viewers: reached, share: viewers === 0 ? 0 : reached / viewers };
        }),
        replay_viewers: replayViewers,
        replay_seconds: replayMs / 1000,
      };
    },
  };
}

function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What the average divides by: the lives inside the range, or, unbounded, from the first to the last event. */
function liveSpans(
  lives: readonly Interval[],
  { fromMs, toMs }: TimeRange,
  first: number,
  last: number,
): Interval[] {
  if (lives.length === 0) return first < last ? [{ from: first, to: last }] : [];
  return lives
    .map(({ from, to }) => ({
      from: Math.max(from, fromMs ?? from),
      to: Math.min(to === Number.POSITIVE_INFINITY ? last : to, toMs ?? Number.POSITIVE_INFINITY),
    }))
    .filter(({ from, to }) => from < to);
}

/** Where a room without known bounds was watched, long silences left out. */
function busyStretches(watched: readonly Interval[], first: number, last: number): Interval[] {
  const stretches: { from: number; to: number }[] = first <= last ? [{ from: first, to: first + 1 }] : [];
  for (const { from, to } of [...watched].sort((left, right) => left.from - right.from)) {
    const before = stretches.at(-1);
    if (before !== undefined && from - before.to <= QUIET_MS) before.to = Math.max(before.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
}

/** The starts of all minutes that the stretches touch. */
function minutesOf(stretches: readonly Interval[]): number[] {
  const minutes: number[] = [];
  for (const { from, to } of stretches) {
    const first = Math.floor(from / MINUTE_MS) * MINUTE_MS;
    for (
      let minute = Math.max(first, (minutes.at(-1) ?? first - MINUTE_MS) + MINUTE_MS);
      minute < to;
      minute += MINUTE_MS
    ) {
      minutes.push(minute);
    }
  }
  return minutes;
}

function entersOf(acts: Acts): number {
  let enters = 0;
  for (let index = 0; index < acts.count; index += 1) if (acts.kinds[index] === 1) enters += 1;
  return enters;
}

import type { ViewerSummary } from '../../../../reports/analyses/segments/tally.js';
import type { OracleAct } from '../../../oracles/audience.js';
import { createRandom } from '../../../oracles/random.js';
import { oracleWatchMs, type OraclePerson, type OracleThresholds } from '../../../oracles/segments.js';
import { actsOf } from '../audience/random-room.js';

const SPAN = 60;
const DAY_MS = 86_400_000;
const EVENTS = ['live_enter', 'live_enter', 'live_leave', 'live_heartbeat', 'live_like'];
export const AS_OF = 1_800_000_000_000;

export interface SegmentsCase {
  readonly thresholds: OracleThresholds;
  readonly timeoutMs: number;
  readonly lives: ReadonlyMap<number, readonly { readonly from: number; readonly to: number }[]>;
  readonly viewers: readonly ViewerSummary[];
  readonly people: readonly OraclePerson[];
}

/** People on, just below and above thresholds, in two rooms, one of them with a live that ends in between. */
export function randomSegments(seed: number): SegmentsCase {
  const random = createRandom(seed);
  const list = (most: number): number[] =>
    [...new Set(Array.from({ length: 1 + random(3) }, () => random(most)))].sort(
      (left, right) => left - right,
    );
  const thresholds = {
    recency_days: list(5),
    frequency: list(4),
    money_fen: list(6),
    watch_seconds: list(40).map((value) => value / 1000),
  };
  const timeoutMs = 1 + random(25);
  const live = { from: random(20), to: 21 + random(30) };
  const lives = new Map([[7, [live]]]);
  const viewers: ViewerSummary[] = [];
  const people: OraclePerson[] = [];
  for (let person = 1 + random(5); person > 0; person -= 1) {
    const rooms = [7, 8].map((room) => {
      const acts: OracleAct[] = Array.from({ length: random(6) }, () => ({
        person,
        time: random(SPAN),
        event: EVENTS[random(EVENTS.length)] ?? '',
        replay: false,
      }));
      return { room, acts };
    });
    const told = {
      lastMs: AS_OF - random(5) * DAY_MS - random(2),
      orders: random(5),
      gmvFen: random(7),
    };
    viewers.push({
      ...told,
      rooms: rooms.map(({ room, acts }) => ({ room, acts: actsOf(acts, person, false) })),
    });
    const watchMs = rooms.reduce(
      (sum, { room, acts }) => sum + oracleWatchMs(acts, lives.get(room) ?? [], timeoutMs, SPAN),
      0,
    );
    people.push({ ...told, watchSeconds: watchMs / 1000 });
  }
  return { thresholds, timeoutMs, lives, viewers, people };
}

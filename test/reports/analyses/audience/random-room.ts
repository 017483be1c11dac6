import { ACT, type Acts } from '../../../../reports/analyses/audience/watch-intervals.js';
import type { OracleAct } from '../../../oracles/audience.js';
import { createRandom } from '../../../oracles/random.js';

export const SPAN = 80;
const EVENTS = ['live_enter', 'live_enter', 'live_leave', 'live_heartbeat', 'live_like'];

export interface RoomCase {
  readonly acts: readonly OracleAct[];
  readonly lives: readonly { readonly from: number; readonly to: number }[];
  readonly timeoutMs: number;
}

/** A few people in a room over 80 ms: two devices, silences, leaves without enters, lives that end in between. */
export function randomRoom(seed: number): RoomCase {
  const random = createRandom(seed);
  const acts: OracleAct[] = [];
  const people = 1 + random(4);
  for (let person = 0; person < people; person += 1) {
    for (let index = random(9); index > 0; index -= 1) {
      acts.push({
        person,
        time: random(SPAN),
        event: EVENTS[random(EVENTS.length)] ?? '',
        replay: random(8) === 0,
      });
    }
  }
  const cuts = Array.from({ length: 2 * random(3) }, () => random(SPAN)).sort((left, right) => left - right);
  const lives = cuts.flatMap((from, index) => {
    const to = cuts[index + 1];
    return index % 2 === 0 && to !== undefined && from < to ? [{ from, to }] : [];
  });
  return { acts, lives, timeoutMs: 1 + random(25) };
}

/** One person's acts as the SQL hands them over. */
export function actsOf(acts: readonly OracleAct[], person: number, replay: boolean): Acts {
  const kindOf = (event: string): number =>
    event === 'live_enter' ? ACT.enter : event === 'live_leave' ? ACT.leave : ACT.other;
  const own = acts
    .filter((act) => act.person === person && act.replay === replay)
    .sort((left, right) => left.time - right.time || kindOf(left.event) - kindOf(right.event));
  return {
    count: own.length,
    times: own.map(({ time }) => time),
    kinds: own.map(({ event }) => kindOf(event)),
  };
}

import type { PathTally } from '../../../../reports/analyses/path/tally.js';
import type { OraclePaths, OracleStep } from '../../../oracles/path.js';
import { createRandom } from '../../../oracles/random.js';

export const NAMES = ['a', 'b', 'c', 'd'];

export interface PathCase {
  readonly acts: readonly OracleStep[];
  readonly steps: number;
  readonly gapMs: number;
}

/** A few people who repeat themselves, with ties, starts of one name that are no starts, gaps of exactly the limit. */
export function randomPaths(seed: number): PathCase {
  const random = createRandom(seed);
  const gapMs = (1 + random(3)) * 1000;
  const acts: OracleStep[] = [];
  for (let person = random(4) + 1; person > 0; person -= 1) {
    let time = 1_800_000_000_000;
    for (let index = random(10); index > 0; index -= 1) {
      time += [0, 1, gapMs, gapMs, gapMs + 1][random(5)] ?? 0;
      const event = NAMES[random(NAMES.length)] ?? '';
      acts.push({
        person,
        id: `${random(50)}-${index}`,
        time,
        event,
        starts: event === 'a' && random(4) > 0,
      });
    }
  }
  return { acts, steps: 1 + random(5), gapMs };
}

/** Hands the people of a case to an engine as the warehouse would. */
export function feedPaths(tally: PathTally, acts: readonly OracleStep[]): void {
  for (const person of new Set(acts.map((act) => act.person))) {
    const own = acts
      .filter((act) => act.person === person)
      .sort((left, right) => left.time - right.time || (left.id < right.id ? -1 : 1));
    if (!own.some(({ starts }) => starts)) continue;
    tally.add({
      count: own.length,
      times: own.map(({ time }) => time),
      names: own.map(({ event }) => NAMES.indexOf(event) + 1),
      starts: own.map(({ starts }) => (starts ? 1 : 0)),
    });
  }
}

/** Both as one comparable text. */
export function toldByEngine(tally: PathTally): string {
  const told = (list: readonly { readonly names: readonly number[]; readonly viewers: number }[]): string[] =>
    list
      .map(({ names, viewers }) => `${names.map((name) => NAMES[name - 1] ?? '?').join('>')}=${viewers}`)
      .sort();
  return JSON.stringify([tally.viewers, tally.starts, told(tally.paths()), told(tally.transitions())]);
}

export function toldByOracle(expected: OraclePaths): string {
  const told = (map: ReadonlyMap<string, ReadonlySet<number>>): string[] =>
    [...map].map(([key, people]) => `${key}=${people.size}`).sort();
  return JSON.stringify([expected.people, expected.starts, told(expected.paths), told(expected.transitions)]);
}

import { describe, expect, it } from 'vitest';

import type * as PathModule from '../../../../reports/analyses/path/tally.js';
import { oraclePaths } from '../../../oracles/path.js';
import { isCaught, loadMutant } from '../mutant.js';

import { feedPaths, randomPaths, toldByEngine, toldByOracle } from './random-acts.js';

const CHANGES: readonly (readonly [string, string, string])[] = [
  ['a gap of exactly the limit ends a path', '> gapMs', '>= gapMs'],
  ['a gap ends nothing', 'if (apart) session += 1', 'if (apart) session += 0'],
  ['the same event after a gap is no new step', 'run >= 0 && !apart', 'run >= 0'],
  ['repeats are steps', '&& runNames[run] === name', '&& runNames[run] !== runNames[run]'],
  ['a start within a run is lost', 'if (begun) runStarts[run] = true', 'if (begun) runStarts[run] = false'],
  ['one step more', 'first + spec.steps)', 'first + spec.steps + 1)'],
  ['one step less', 'first + spec.steps)', 'first + spec.steps - 1)'],
  [
    'paths go on over a gap',
    'runSessions[run] === runSessions[first]',
    'runSessions[run] !== runSessions[-1]',
  ],
  ['every event begins a path', 'if (runStarts[first] !== true) continue', ''],
  ['a viewer counts for each start', 'ends.lastViewer[prefix] !== viewerNumber', 'true'],
  ['a viewer counts for each transition', 'known.lastViewer !== viewerNumber', 'true'],
  ['transitions skip one', 'move(runNames[run - 1] ?? 0, name)', 'move(runNames[run - 2] ?? 0, name)'],
  ['starts are not counted', 'if (begun) own += 1', 'if (begun) own += 2'],
  ['a path goes on to the end of its steps and one more', 'first + 1; run < end', 'first + 1; run <= end'],
];

describe('a changed path is caught', () => {
  it.each(CHANGES)('%s', (_name, from, to) => {
    const mutant = loadMutant('reports/analyses/path/tally.ts', {
      file: 'reports/analyses/path/tally.ts',
      from,
      to,
    }) as typeof PathModule;
    expect(isCaught(() => seeds(2000).every((seed) => holds(mutant, seed)))).toBe(true);
  });

  it('an unchanged one is not', () => {
    const same = 'if (begun) own += 1';
    const mutant = loadMutant('reports/analyses/path/tally.ts', {
      file: 'reports/analyses/path/tally.ts',
      from: same,
      to: same,
    }) as typeof PathModule;
    expect(isCaught(() => seeds(500).every((seed) => holds(mutant, seed)))).toBe(false);
  });
});

function holds({ createPathTally }: typeof PathModule, seed: number): boolean {
  const { acts, steps, gapMs } = randomPaths(seed);
  const tally = createPathTally({ steps, session_gap_seconds: gapMs / 1000 });
  feedPaths(tally, acts);
  return toldByEngine(tally) === toldByOracle(oraclePaths(acts, steps, gapMs));
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

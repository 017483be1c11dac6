import { describe, expect, it } from 'vitest';

import { createPathTally } from '../../../../reports/analyses/path/tally.js';
import { oraclePaths } from '../../../oracles/path.js';

import { feedPaths, randomPaths, toldByEngine, toldByOracle } from './random-acts.js';

describe('paths equal those found by following every start', () => {
  it('on random people', () => {
    let longest = 0;
    for (let seed = 1; seed <= 3000; seed += 1) {
      const { acts, steps, gapMs } = randomPaths(seed);
      const tally = createPathTally({ steps, session_gap_seconds: gapMs / 1000 });
      feedPaths(tally, acts);
      expect(toldByEngine(tally), `seed ${seed}`).toBe(toldByOracle(oraclePaths(acts, steps, gapMs)));
      longest = Math.max(longest, ...tally.paths().map(({ names }) => names.length));
    }
    expect(longest).toBe(5);
  });
});

describe('the list of paths', () => {
  const viewer = (names: number[]) => ({
    count: names.length,
    times: names.map((_, index) => index),
    names,
    starts: names.map((name) => (name === 1 ? 1 : 0)),
  });

  it('is in the order of viewers, then of names', () => {
    const tally = createPathTally({ steps: 3, session_gap_seconds: 1 });
    for (const names of [[1], [1, 3], [1, 2], [1, 3], [1, 2, 3]]) tally.add(viewer(names));
    expect(tally.paths().map(({ names, viewers }) => [names, viewers])).toEqual([
      [[1, 3], 2],
      [[1], 1],
      [[1, 2], 1],
      [[1, 2, 3], 1],
    ]);
  });

  it('is refused, not cut, when there are too many', () => {
    const tally = createPathTally({ steps: 3, session_gap_seconds: 1 }, 3);
    tally.add(viewer([1, 2]));
    expect(tally.full).toBe(false);
    tally.add(viewer([1, 3]));
    expect(tally.full).toBe(true);
  });

  it('costs a viewer who starts without end no more than a pass', () => {
    const tally = createPathTally({ steps: 20, session_gap_seconds: 1 });
    const count = 400_000;
    const names = Uint8Array.from({ length: count }, (_, index) => (index < count / 2 ? 1 : 1 + (index % 2)));
    tally.add({ count, times: new Float64Array(count), names, starts: names.map((name) => name % 2) });
    expect(tally.starts).toBe(300_000);
    expect(tally.viewers).toBe(1);
  });
});

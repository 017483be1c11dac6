import { describe, expect, it } from 'vitest';

import { createSegmentTally } from '../../../../reports/analyses/segments/tally.js';
import { oracleSegments } from '../../../oracles/segments.js';

import { AS_OF, randomSegments } from './random-viewers.js';

describe('segments equal those sorted by hand', () => {
  it('on random people', () => {
    let watched = 0;
    for (let seed = 1; seed <= 1500; seed += 1) {
      const { thresholds, timeoutMs, lives, viewers, people } = randomSegments(seed);
      const spec = {
        recency_days: [...thresholds.recency_days],
        frequency: [...thresholds.frequency],
        money_fen: [...thresholds.money_fen],
        watch_seconds: [...thresholds.watch_seconds],
        timeout_seconds: timeoutMs / 1000,
      };
      const tally = createSegmentTally(spec, AS_OF, lives);
      for (const viewer of viewers) tally.add(viewer);
      const found = tally
        .segments()
        .map(({ recency, frequency, money, watch, viewers: count, gmv_fen }) => [
          `${recency},${frequency},${money},${watch}`,
          { viewers: count, gmv_fen },
        ]);
      expect(Object.fromEntries(found), `seed ${seed}`).toEqual(
        Object.fromEntries(oracleSegments(people, thresholds, AS_OF)),
      );
      watched += people.filter(({ watchSeconds }) => watchSeconds > 0).length;
    }
    expect(watched).toBeGreaterThan(1000);
  });
});

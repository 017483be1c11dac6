import { describe, expect, it } from 'vitest';

import { createFunnelAutomaton } from '../../../../reports/analyses/funnel/automaton.js';
import { oracleBest } from '../../../oracles/funnel.js';

import { engineInput, randomCase } from './random-viewer.js';

const PERIOD_MS = 5;
const periodOf = (time: number): number => Math.floor(time / PERIOD_MS);

describe('the funnel automaton equals brute force', () => {
  it('in the attempt that counts, event by event', () => {
    let deep = 0;
    for (let seed = 1; seed <= 30_000; seed += 1) {
      const one = randomCase(seed);
      const { plan, viewer, sorted } = engineInput(one);
      const found = createFunnelAutomaton(plan).best(viewer);
      const expected = oracleBest(one.events, one.funnel);
      expect(found?.events.map((index) => sorted[index]?.id) ?? null, `seed ${seed}`).toEqual(
        expected?.map(({ id }) => id) ?? null,
      );
      expect(found?.times ?? null, `seed ${seed}`).toEqual(expected?.map(({ time }) => time) ?? null);
      if ((expected?.length ?? 0) >= 3) deep += 1;
    }
    expect(deep).toBeGreaterThan(1000);
  });

  it('in the attempt that counts in each period', () => {
    for (let seed = 100_001; seed <= 110_000; seed += 1) {
      const one = randomCase(seed);
      const { plan, viewer, sorted } = engineInput(one);
      const found = new Map<number, string[]>();
      createFunnelAutomaton(plan).bestByPeriod(viewer, periodOf, (attempt, period) => {
        expect(found.has(period)).toBe(false);
        found.set(
          period,
          attempt.events.map((index) => sorted[index]?.id ?? ''),
        );
      });
      const expected = new Map<number, string[]>();
      for (const period of [...new Set(one.events.map(({ time }) => periodOf(time)))].sort(
        (left, right) => left - right,
      )) {
        const way = oracleBest(one.events, one.funnel, (time) => periodOf(time) === period);
        if (way !== null)
          expected.set(
            period,
            way.map(({ id }) => id),
          );
      }
      expect([...found], `seed ${seed}`).toEqual([...expected]);
    }
  });
});

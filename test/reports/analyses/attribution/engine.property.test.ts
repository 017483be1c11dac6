import { describe, expect, it } from 'vitest';

import { createAttribution } from '../../../../reports/analyses/attribution/engine.js';
import { ATTRIBUTION_MODELS } from '../../../../schemas/index.js';
import { oracleCredits, oraclePaths } from '../../../oracles/attribution.js';

import { differences } from './differences.js';
import { engineOptions, feed, randomJourneys } from './random-journeys.js';

describe('attribution equals brute force', () => {
  it('in every model on random journeys', () => {
    let converted = 0;
    for (let seed = 1; seed <= 4000; seed += 1) {
      const input = randomJourneys(seed);
      const engine = createAttribution(engineOptions(input));
      feed(engine, input);
      const result = engine.result();
      const { paths, nullPaths } = oraclePaths(input);
      expect(result.conversions).toBe(paths.length);
      expect(result.paths.reduce((sum, row) => sum + row.null_paths, 0)).toBe(nullPaths.length);
      for (const model of ATTRIBUTION_MODELS) {
        expect(
          differences(result.models[model] ?? [], oracleCredits(input, model)),
          `seed ${seed} ${model}`,
        ).toEqual([]);
      }
      converted += paths.length;
    }
    expect(converted).toBeGreaterThan(4000);
  });

  it('gives the same from its own path summary', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const input = randomJourneys(seed);
      const options = {
        ...engineOptions(input),
        models: ATTRIBUTION_MODELS.filter((model) => model !== 'time_decay'),
      };
      const first = createAttribution(options);
      feed(first, input);
      const result = first.result();
      const second = createAttribution(options);
      for (const row of result.paths) second.addSummary(row.path, row.conversions, row.value, row.null_paths);
      const again = second.result();
      expect(again.paths).toEqual(result.paths);
      for (const model of options.models) {
        const rows = again.models[model] ?? [];
        const expected = {
          conversions: new Map(result.models[model]?.map((row) => [row.channel, row.conversions])),
          value: new Map(result.models[model]?.map((row) => [row.channel, row.value])),
        };
        expect(differences(rows, expected), `seed ${seed} ${model}`).toEqual([]);
      }
    }
  });
});

describe('markov', () => {
  // Removal effects as in Anderl, Becker, von Wangenheim, Schumann, "Mapping the Customer Journey". The three journeys are
  // those of Sergey Bryl's article, as github.com/JesseCastro/markovattribution has them; the shares reckoned by hand below.
  it('agrees with the worked example of three journeys', () => {
    const engine = createAttribution({
      ...engineOptions(randomJourneys(1)),
      models: ['markov'],
      markovOrder: 1,
    });
    engine.addSummary(['C1', 'C2', 'C3'], 1, 0, 0);
    engine.addSummary(['C1'], 0, 0, 1);
    engine.addSummary(['C2', 'C3'], 0, 0, 1);
    const shares = new Map(engine.result().models.markov?.map((row) => [row.channel, row.conversions]));
    // P = 1/3; without C1: 1/3 · 1/2 = 1/6; without C2 or C3: 0. Effects 0.5, 1, 1.
    expect(shares.get('C1')).toBeCloseTo(0.2, 12);
    expect(shares.get('C2')).toBeCloseTo(0.4, 12);
    expect(shares.get('C3')).toBeCloseTo(0.4, 12);
  });
});

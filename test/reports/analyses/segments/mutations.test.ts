import { describe, expect, it } from 'vitest';

import type * as SegmentsModule from '../../../../reports/analyses/segments/tally.js';
import { oracleSegments } from '../../../oracles/segments.js';
import { isCaught, loadMutant } from '../mutant.js';

import { AS_OF, randomSegments } from './random-viewers.js';

const FOLDER = 'reports/analyses/segments';
const CHANGES: readonly (readonly [string, string, string, string])[] = [
  ['a value on a threshold is in the lower band', 'bands.ts', 'value >= (', 'value > ('],
  ['the first threshold is passed over', 'bands.ts', 'let band = 0', 'let band = 1'],
  [
    'the last threshold is passed over',
    'bands.ts',
    'band < thresholds.length',
    'band < thresholds.length - 1',
  ],
  ['days are hours', 'tally.ts', '86_400_000', '3_600_000'],
  ['recency counts from the other side', 'tally.ts', 'asOfMs - viewer.lastMs', 'viewer.lastMs - asOfMs'],
  ['orders are money', 'tally.ts', 'bandOf(viewer.orders', 'bandOf(viewer.gmvFen'],
  ['money is orders', 'tally.ts', 'bandOf(viewer.gmvFen', 'bandOf(viewer.orders'],
  ['only the last room is watched', 'tally.ts', 'total += to - from', 'total = to - from'],
  ['lives do not clip', 'tally.ts', 'lives.get(room) ??', 'lives.get(-room) ??'],
  ['seconds are ms', 'tally.ts', 'watchMs(viewer) / 1000', 'watchMs(viewer) / 1'],
  ['viewers count twice', 'tally.ts', 'segment.viewers += 1', 'segment.viewers += 2'],
  ['only the last pays', 'tally.ts', 'segment.gmv_fen += ', 'segment.gmv_fen = '],
];

describe('a changed segmentation is caught', () => {
  it.each(CHANGES)('%s', (_name, file, from, to) => {
    const mutant = loadMutant(`${FOLDER}/tally.ts`, { file: `${FOLDER}/${file}`, from, to });
    expect(isCaught(() => seeds(500).every((seed) => holds(mutant as typeof SegmentsModule, seed)))).toBe(
      true,
    );
  });

  it('an unchanged one is not', () => {
    const same = 'value >= (';
    const mutant = loadMutant(`${FOLDER}/tally.ts`, { file: `${FOLDER}/bands.ts`, from: same, to: same });
    expect(isCaught(() => seeds(200).every((seed) => holds(mutant as typeof SegmentsModule, seed)))).toBe(
      false,
    );
  });
});

function holds({ createSegmentTally }: typeof SegmentsModule, seed: number): boolean {
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
  const expected = oracleSegments(people, thresholds, AS_OF);
  const found = tally.segments();
  return (
    found.length === expected.size &&
    found.every((one) => {
      const wanted = expected.get(`${one.recency},${one.frequency},${one.money},${one.watch}`);
      return wanted?.viewers === one.viewers && wanted.gmv_fen === one.gmv_fen;
    })
  );
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

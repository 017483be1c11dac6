import { describe, expect, it } from 'vitest';

import type * as AttributionModule from '../../../reports/analyses/attribution/engine.js';
import type * as AudienceModule from '../../../reports/analyses/audience/room.js';
import type * as FunnelModule from '../../../reports/analyses/funnel/automaton.js';
import { mergeLives } from '../../../reports/analyses/audience/watch-intervals.js';
import { ATTRIBUTION_MODELS } from '../../../schemas/index.js';
import { oracleCredits } from '../../oracles/attribution.js';
import { oracleAudience } from '../../oracles/audience.js';
import { oracleBest } from '../../oracles/funnel.js';

import { engineOptions, feed, randomJourneys } from './attribution/random-journeys.js';
import { actsOf, randomRoom, SPAN } from './audience/random-room.js';
import { engineInput, randomCase } from './funnel/random-viewer.js';
import { isCaught, loadMutant, type Mutation } from './mutant.js';

/**
 * The comparisons with brute force are only worth something if they can fail: each of these changes to an engine, most
 * of one character, must be caught by them.
 */
const FUNNEL: readonly (readonly [string, string, string, string])[] = [
  [
    'the window ends before its end',
    'ordered-pass.ts',
    ' > windowMs) alive += 1',
    ' >= windowMs) alive += 1',
  ],
  [
    'a later start of equal depth counts',
    'ordered-pass.ts',
    '(depths[to] ?? 0) > (depths[deepest]',
    '(depths[to] ?? 0) >= (depths[deepest]',
  ],
  [
    'tied events move a start once',
    'ordered-pass.ts',
    'oneEvent ? depth + 1 : runEnd',
    'oneEvent ? depth + 1 : depth + 1',
  ],
  [
    'the strict window ends before its end',
    'strict-pass.ts',
    'if (time - startTime > windowMs) break;',
    'if (time - startTime >= windowMs) break;',
  ],
  [
    'a later strict attempt counts',
    'strict-pass.ts',
    'times.length > best.times.length',
    'times.length >= best.times.length',
  ],
  [
    'the unordered window ends before its end',
    'unordered-pass.ts',
    '- time <= windowMs) depth',
    '- time < windowMs) depth',
  ],
  [
    'a later unordered start counts',
    'unordered-pass.ts',
    'if (depth >= bestDepth)',
    'if (depth > bestDepth)',
  ],
  [
    'a later start of the same millisecond is not looked at',
    'search-pass.ts',
    'if (time > settledAt) continue',
    'if (time >= settledAt) continue',
  ],
  [
    'overlapping steps in one millisecond are taken for simple',
    'automaton.ts',
    "severalSteps && (tied || order === 'unordered')",
    "severalSteps && (!tied || order === 'unordered')",
  ],
  [
    'an exclusion counts at its first step',
    'search.ts',
    'before.depth >= fromStep',
    'before.depth >= fromStep - 1',
  ],
  ['an exclusion counts only later', 'search.ts', 'before.depth >= fromStep', 'before.depth > fromStep'],
  ['an exclusion counts at its last step', 'search.ts', 'state.depth < toStep', 'state.depth <= toStep'],
  [
    'the searched window ends before its end',
    'search.ts',
    '- startTime <= plan.windowMs',
    '- startTime < plan.windowMs',
  ],
  [
    'what shares the first millisecond interrupts',
    'search.ts',
    "'strict' && before.depth > 0",
    "'strict' && before.depth >= 0",
  ],
  [
    'correlation begins a step late',
    'search.ts',
    'depth >= plan.correlateFrom',
    'depth > plan.correlateFrom',
  ],
  [
    'the greater event id fills',
    'search.ts',
    'compareNumbers(left.events, right.events) < 0',
    'compareNumbers(left.events, right.events) > 0',
  ],
  ['one event fills two steps', 'search.ts', 'back <= usedHere', 'back < usedHere'],
  [
    'an exclusion voids at its last step',
    'excluded-pass.ts',
    '2 ** toStep - 2 ** fromStep',
    '2 ** (toStep + 1) - 2 ** fromStep',
  ],
  [
    'the window with exclusions ends before its end',
    'excluded-pass.ts',
    '(events.times[index] ?? 0) <= lastTime',
    '(events.times[index] ?? 0) < lastTime',
  ],
  ['a voided start counts', 'excluded-pass.ts', '=== 0 ? 0 : depth', '=== 0 ? depth : depth'],
  [
    'a later start with exclusions counts',
    'excluded-pass.ts',
    'if (depth > bestDepth)',
    'if (depth >= bestDepth)',
  ],
  [
    'values are not told apart',
    'automaton.ts',
    'events.values[index] === value ? stepMarks',
    'events.values[index] !== 0 ? stepMarks',
  ],
  [
    'the shallower attempt counts',
    'viewer-events.ts',
    'right.times.length - left.times.length',
    'left.times.length - right.times.length',
  ],
];

const ATTRIBUTION: readonly (readonly [string, string, string, string])[] = [
  [
    'a touch of the same millisecond is late',
    'engine.ts',
    '(journey.touchTimes[to] ?? 0) <= time',
    '(journey.touchTimes[to] ?? 0) < time',
  ],
  [
    'a touch exactly as old as the lookback is too old',
    'engine.ts',
    '(journey.touchTimes[from] ?? 0) < earliest',
    '(journey.touchTimes[from] ?? 0) <= earliest',
  ],
  [
    'every conversion of a viewer counts',
    'engine.ts',
    'Math.min(1, journey.conversionCount)',
    'Math.max(1, journey.conversionCount)',
  ],
  [
    'the last direct touch counts',
    'rule-models.ts',
    'path[index] === directLabel',
    'path[index] !== directLabel',
  ],
  ['the first touch is the second', 'rule-models.ts', 'give(path[0] ?? 0, 1)', 'give(path[1] ?? 0, 1)'],
  [
    'two touches are shared the other way round',
    'rule-models.ts',
    'first / (first + last)',
    'last / (first + last)',
  ],
  ['the first touch is in the middle too', 'rule-models.ts', 'path.slice(1, -1)', 'path.slice(0, -1)'],
  [
    'repeats count in Shapley',
    'rule-models.ts',
    'const channels = new Set(path)',
    'const channels = Object.assign([...path], { size: path.length })',
  ],
  ['older touches weigh more', 'time-decay.ts', '2 ** (((times', '0.5 ** (((times'],
  ['repeats are states', 'markov.ts', 'if (touch === last.at(-1)) continue;', ''],
  ['a state remembers one touch more', 'markov.ts', '.slice(-order)', '.slice(-order - 1)'],
  ['a removed channel is passed through', 'markov.ts', '!state.includes(removed)', '!(state[0] === removed)'],
  [
    'lost paths are not weighed',
    'markov.ts',
    'const weight = conversions + nullPaths',
    'const weight = conversions',
  ],
];

const AUDIENCE: readonly (readonly [string, string, string, string])[] = [
  [
    'a silence of exactly the timeout ends a stretch',
    'watch-intervals.ts',
    'time - last > timeoutMs',
    'time - last >= timeoutMs',
  ],
  ['a leave closes nothing', 'watch-intervals.ts', 'openEnters - 1)', 'openEnters - 0)'],
  [
    'any leave ends a stretch',
    'watch-intervals.ts',
    'if (openEnters === 0) end(time)',
    'if (openEnters >= 0) end(time)',
  ],
  ['a stretch ends at the silence', 'watch-intervals.ts', '> timeoutMs) end(last)', '> timeoutMs) end(time)'],
  [
    'what begins at the very end is no replay',
    'watch-intervals.ts',
    '({ to }) => to <= interval.from',
    '({ to }) => to < interval.from',
  ],
  [
    'what begins at the very end is still live',
    'watch-intervals.ts',
    'interval.from && interval.from < to',
    'interval.from && interval.from <= to',
  ],
  [
    'whoever leaves is still there',
    'concurrency.ts',
    '(ends[ended] ?? 0) <= start',
    '(ends[ended] ?? 0) < start',
  ],
  ['the last instant of the peak counts', 'concurrency.ts', 'online > peak.online', 'online >= peak.online'],
];

describe('a changed funnel is caught', () => {
  it.each(FUNNEL)('%s', (_name, file, from, to) => {
    const mutant = loadMutant(
      'reports/analyses/funnel/automaton.ts',
      inFolder('funnel', file, from, to),
    ) as typeof FunnelModule;
    const holds = (seed: number): boolean => {
      const one = randomCase(seed);
      const { plan, viewer, sorted } = engineInput(one);
      const found = mutant.createFunnelAutomaton(plan).best(viewer);
      const expected = oracleBest(one.events, one.funnel);
      return (
        JSON.stringify(found?.events.map((index) => sorted[index]?.id)) ===
        JSON.stringify(expected?.map(({ id }) => id))
      );
    };
    expect(isCaught(() => seeds(30_000).every(holds))).toBe(true);
  });
});

describe('a changed attribution is caught', () => {
  it.each(ATTRIBUTION)('%s', (_name, file, from, to) => {
    const mutant = loadMutant(
      'reports/analyses/attribution/engine.ts',
      inFolder('attribution', file, from, to),
    ) as typeof AttributionModule;
    const holds = (seed: number): boolean => {
      const input = randomJourneys(seed);
      const engine = mutant.createAttribution(engineOptions(input));
      feed(engine, input);
      const { models } = engine.result();
      return ATTRIBUTION_MODELS.every((model) => {
        const expected = oracleCredits(input, model);
        return [...expected.conversions].every(([channel, conversions]) => {
          const row = models[model]?.find((credit) => credit.channel === channel) ?? {
            conversions: 0,
            value: 0,
          };
          const value = row.value - (expected.value.get(channel) ?? 0);
          return Math.abs(row.conversions - conversions) < 1e-9 && Math.abs(value) < 1e-6;
        });
      });
    };
    expect(isCaught(() => seeds(4000).every(holds))).toBe(true);
  });
});

describe('a changed audience is caught', () => {
  it.each(AUDIENCE)('%s', (_name, file, from, to) => {
    const mutant = loadMutant(
      'reports/analyses/audience/room.ts',
      inFolder('audience', file, from, to),
    ) as typeof AudienceModule;
    const holds = (seed: number): boolean => {
      const { acts, lives, timeoutMs } = randomRoom(seed);
      const expected = oracleAudience(acts, mergeLives(lives), timeoutMs, SPAN);
      const range = { fromMs: null, toMs: null };
      const room = mutant.createRoomAudience({
        platform: 'p',
        account: 'a',
        roomId: 'r',
        lives,
        range,
        timeoutMs,
        timeZone: 'UTC',
      });
      for (const person of new Set(acts.map((act) => act.person))) {
        room.addViewer({ live: actsOf(acts, person, false), replay: actsOf(acts, person, true) });
      }
      const result = room.result();
      return (
        Math.round(result.watch_seconds * 1000) === expected.watchMs &&
        Math.round(result.replay_seconds * 1000) === expected.replayMs &&
        result.peak_concurrent === expected.peak &&
        (result.peak_at === null ? null : Date.parse(result.peak_at)) === expected.peakAt
      );
    };
    expect(isCaught(() => seeds(5000).every(holds))).toBe(true);
  });
});

describe('an unchanged engine is not', () => {
  it('so what catches the changes is the change', () => {
    const same = {
      file: 'reports/analyses/funnel/search.ts',
      from: 'back <= usedHere',
      to: 'back <= usedHere',
    };
    const engine = loadMutant('reports/analyses/funnel/automaton.ts', same) as typeof FunnelModule;
    const holds = (seed: number): boolean => {
      const one = randomCase(seed);
      const { plan, viewer } = engineInput(one);
      const found = engine.createFunnelAutomaton(plan).best(viewer);
      return (
        JSON.stringify(found?.times) ===
        JSON.stringify(oracleBest(one.events, one.funnel)?.map(({ time }) => time))
      );
    };
    expect(isCaught(() => seeds(2000).every(holds))).toBe(false);
  });
});

function inFolder(folder: string, file: string, from: string, to: string): Mutation {
  return { file: `reports/analyses/${folder}/${file}`, from, to };
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

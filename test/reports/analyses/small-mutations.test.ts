import { describe, expect, it } from 'vitest';

import type * as AttendanceModule from '../../../reports/analyses/attendance/tally.js';
import type * as ChannelsModule from '../../../reports/analyses/channels/figures.js';
import type * as ConcludeModule from '../../../reports/analyses/experiment/conclude.js';
import type * as HeatmapModule from '../../../reports/analyses/heatmap/grid.js';
import type * as RetentionModule from '../../../reports/analyses/retention/cohorts.js';
import { createRandom } from '../../oracles/random.js';
import { oracleRetention, type OracleVisit } from '../../oracles/retention.js';

import {
  armsOf,
  engineFigures,
  figureDifferences,
  oracleFigures,
  randomExperiment,
} from './experiment/random-experiment.js';
import { isCaught, loadMutant } from './mutant.js';

/** Changes, most of one character, to the engines whose statements are changed in their server tests; each is caught. */
type Change = readonly [name: string, file: string, from: string, to: string];

const EXPERIMENT: readonly Change[] = [
  [
    'a difference is taken the other way round',
    'analyses/experiment/inference.ts',
    'second[1] - rate;',
    'second[1] + rate;',
  ],
  [
    'lift of users',
    'analyses/experiment/inference.ts',
    'rate === 0 ? null : difference / Math.abs(rate)',
    'rate === 0 ? null : difference / Math.abs(first[1])',
  ],
  [
    'lift over nothing is known',
    'analyses/experiment/inference.ts',
    'lift: rate === 0 ? null',
    'lift: rate === 1 ? null',
  ],
  [
    'a tie wins',
    'analyses/experiment/inference.ts',
    '(first[0] + 1, first[1] + 1',
    '(first[0], first[1] + 1',
  ],
  [
    'the prior is forgotten',
    'analyses/experiment/inference.ts',
    'first[1] + 1, second[1] + 1',
    'first[1] + 1, second[1]',
  ],
  [
    'nobody is compared',
    'analyses/experiment/inference.ts',
    'baseline.users === 0 || arm',
    'baseline.users === 1 || arm',
  ],
  ['weight 0 is asked', 'analyses/experiment/inference.ts', 'weightOf(arm) > 0', 'weightOf(arm) >= 0'],
  ['the ratio has a degree too many', 'analyses/experiment/inference.ts', 'asked.length - 1', 'asked.length'],
  [
    'expected shares are equal',
    'analyses/experiment/inference.ts',
    '(users * weightOf(arm)) / weight',
    'users / asked.length',
  ],
  ['the mean is the sum', 'analyses/experiment/arm.ts', 'mean: total.sum / users', 'mean: total.sum'],
  ['Holm stays at Bonferroni', 'statistics.ts', '(family.length - rank) * p', 'family.length * p'],
  ['Holm falls again', 'statistics.ts', 'Math.max(largest, Math.min(1', 'Math.max(0, Math.min(1'],
  ['Holm exceeds 1', 'statistics.ts', 'Math.min(1, (family', 'Math.min(2, (family'],
  [
    'Newcombe from the other bounds',
    'statistics.ts',
    'secondRate - secondInterval[0], firstInterval[1] - firstRate',
    'secondInterval[1] - secondRate, firstRate - firstInterval[0]',
  ],
  ['the error is not pooled twice', 'statistics.ts', '(1 / first[1] + 1 / second[1])', '(1 / first[1])'],
  ["Welch's degrees of freedom of n", 'statistics.ts', '(second.count - 1));', '(second.count));'],
  ['Welch pools', 'statistics.ts', 'second.variance / second.count', 'first.variance / second.count'],
  ['Wilson without its square', 'statistics.ts', '(z * z) / (4 * trials * trials)', '(z * z) / (4 * trials)'],
  ['a beta tail cut short', 'distributions.ts', '(m * (b - m) * x)', '(m * (b + m) * x)'],
  ['a gamma series cut short', 'distributions.ts', 'term *= x / (a + n);', 'term *= x / (a + n + 1);'],
  ['a gamma fraction off by one', 'distributions.ts', 'let b = x + 1 - a;', 'let b = x + 2 - a;'],
  [
    'a hypergeometric step off by one',
    'distributions.ts',
    '((k + 1) * (plain - drawn + k + 1))',
    '((k + 1) * (plain - drawn + k))',
  ],
  [
    'a hypergeometric step back off by one',
    'distributions.ts',
    '((marked - k + 1) * (drawn - k + 1))',
    '((marked - k + 1) * (drawn - k))',
  ],
  [
    'the baseline is the first whatever is said',
    'analyses/experiment/conclude.ts',
    'variant === spec.baseline',
    'variant !== spec.baseline',
  ],
];

const HEATMAP: readonly Change[] = [
  [
    'a silence of two hours is left out',
    'analyses/heatmap/grid.ts',
    'minute - before <= QUIET_MINUTES) {\n      for',
    'minute - before < QUIET_MINUTES) {\n      for',
  ],
  [
    'a minute between is left out',
    'analyses/heatmap/grid.ts',
    'between = before + 1;',
    'between = before + 2;',
  ],
  ['a minute stands twice', 'analyses/heatmap/grid.ts', 'between < minute;', 'between <= minute;'],
  [
    'the quietest key is first',
    'analyses/heatmap/grid.ts',
    'right.total - left.total',
    'left.total - right.total',
  ],
  [
    'keys of the same size in any order',
    'analyses/heatmap/grid.ts',
    '(left.key < right.key ? -1 : 1)',
    '(left.key > right.key ? -1 : 1)',
  ],
  [
    'figures are miscounted',
    'analyses/heatmap/grid.ts',
    '<= QUIET_MINUTES ? minute - before : 1',
    '<= QUIET_MINUTES ? minute - before : 0',
  ],
  [
    'events are not added up',
    'analyses/heatmap/grid.ts',
    '(events.get(text) ?? 0) + count',
    '(events.get(text) ?? 1) + count',
  ],
  [
    'rooms of two accounts are one',
    'analyses/heatmap/grid.ts',
    '[platform, account, roomId]',
    '[platform, roomId]',
  ],
  ['minutes are seconds', 'analyses/heatmap/grid.ts', 'MINUTE_MS = 60_000', 'MINUTE_MS = 1_000'],
];

const RETENTION: readonly Change[] = [
  ['a viewer counts twice', 'analyses/retention/cohorts.ts', 'cohort.viewers += 1', 'cohort.viewers += 2'],
  [
    'the first return is lost',
    'analyses/retention/cohorts.ts',
    '(cohort.returned.get(later) ?? 0) + 1',
    '(cohort.returned.get(later) ?? -1) + 1',
  ],
  [
    'a cohort begins a period late',
    'analyses/retention/cohorts.ts',
    'order.slice(index)',
    'order.slice(index + 1)',
  ],
  ['a cohort looks back', 'analyses/retention/cohorts.ts', 'order.slice(index)', 'order.slice(0)'],
  [
    'returns are no periods',
    'analyses/retention/cohorts.ts',
    'for (const period of viewer.returns) seen',
    'for (const period of viewer.cohorts) seen',
  ],
];

const ATTENDANCE: readonly Change[] = [
  ['exactly the least time is too little', 'analyses/attendance/tally.ts', '>= min_seconds', '> min_seconds'],
  ['exactly the share is too little', 'analyses/attendance/tally.ts', '>= finish_ratio', '> finish_ratio'],
  [
    'who is not on the list attended',
    'analyses/attendance/tally.ts',
    'person.listed && person.watch_seconds',
    '!person.listed || person.watch_seconds',
  ],
  [
    'who is not on the list finished',
    'analyses/attendance/tally.ts',
    'person.listed && person.watch_ratio',
    '!person.listed || person.watch_ratio',
  ],
  ['nobody signs in', 'analyses/attendance/tally.ts', 'sign_ins > 0', 'sign_ins > 1'],
  [
    'who attended is expected',
    'analyses/attendance/tally.ts',
    'counts.expected += 1',
    'counts.expected += 2',
  ],
  [
    'departments of all lives are one row',
    'analyses/attendance/tally.ts',
    '[live_id, department, by',
    "['', department, by",
  ],
  [
    'employees are one row',
    'analyses/attendance/tally.ts',
    "by === 'employee' ? employee_id : ''",
    "by === 'employee' ? '' : ''",
  ],
  [
    'completion over who attended',
    'analyses/attendance/tally.ts',
    'completion_rate: rate(finished)',
    'completion_rate: rate(attended)',
  ],
  [
    'a rate over nobody is known',
    'analyses/attendance/tally.ts',
    'expected === 0 ? null',
    'expected === 1 ? null',
  ],
];

const CHANNELS: readonly Change[] = [
  [
    'click rate of buyers',
    'analyses/channels/figures.ts',
    'ratio(goods_clickers, entrants)',
    'ratio(buyers, entrants)',
  ],
  [
    'buy rate over clickers',
    'analyses/channels/figures.ts',
    'buy_rate: ratio(buyers, entrants)',
    'buy_rate: ratio(buyers, goods_clickers)',
  ],
  [
    'interval of clickers',
    'analyses/channels/figures.ts',
    'wilsonInterval(buyers, entrants)',
    'wilsonInterval(goods_clickers, entrants)',
  ],
  ['cost over orders', 'analyses/channels/figures.ts', 'ratio(costFen, buyers)', 'ratio(costFen, orders)'],
  ['cost over buyers', 'analyses/channels/figures.ts', 'ratio(costFen, entrants)', 'ratio(costFen, buyers)'],
  [
    'return on spend the other way round',
    'analyses/channels/figures.ts',
    'ratio(gmv_fen, costFen ?? 0)',
    'ratio(costFen, gmv_fen)',
  ],
  ['everybody is new', 'analyses/channels/figures.ts', 'entrants - returning_viewers', 'entrants'],
  ['a rate over nobody is 0', 'analyses/channels/figures.ts', 'whole === 0 ? null', 'whole === 0 ? 0'],
];

function mutantOf(entry: string, [, file, from, to]: Change): unknown {
  return loadMutant(`reports/${entry}`, { file: `reports/${file}`, from, to });
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** The engine itself passes, so that what is caught is the change. */
function unchanged([, file, from]: Change): Change {
  return ['unchanged', file, from, from];
}

describe.each([
  ['experiment', EXPERIMENT, 'analyses/experiment/conclude.ts', experimentHolds, 400],
  ['heatmap', HEATMAP, 'analyses/heatmap/grid.ts', heatmapHolds, 300],
  ['retention', RETENTION, 'analyses/retention/cohorts.ts', retentionHolds, 300],
  ['attendance', ATTENDANCE, 'analyses/attendance/tally.ts', attendanceHolds, 300],
  ['channels', CHANNELS, 'analyses/channels/figures.ts', channelsHolds, 300],
] as const)('a changed engine of %s', (_name, changes, entry, holds, count) => {
  it.each(changes.map((change) => [change[0], change] as const))('is caught: %s', (_what, change) => {
    const mutant = mutantOf(entry, change);
    expect(isCaught(() => seeds(count).every((seed) => holds(mutant, seed)))).toBe(true);
  });

  it('is caught for the change alone', () => {
    const [first] = changes;
    if (first === undefined) throw new Error('no changes');
    const same = mutantOf(entry, unchanged(first));
    expect(seeds(count).every((seed) => holds(same, seed))).toBe(true);
  });
});

function experimentHolds(mutant: unknown, seed: number): boolean {
  const { concludeExperiment } = mutant as typeof ConcludeModule;
  const one = randomExperiment(seed);
  const spec = { baseline: one.baseline, weights: one.weights, confidence: 0.95 };
  const arms = armsOf(one);
  const result = concludeExperiment(arms, spec, { metric: one.metric, value: null, language: 'en' });
  const wanted = oracleFigures(one);
  return figureDifferences(engineFigures(result, wanted), wanted).length === 0;
}

/** Cells in any order; the grid read back cell by cell, every minute between two near ones there. */
function heatmapHolds(mutant: unknown, seed: number): boolean {
  const { createHeatmapGrid } = mutant as typeof HeatmapModule;
  const random = createRandom(seed);
  const cells = new Map<string, number>();
  for (let index = random(12); index >= 0; index -= 1) {
    const minute = 29_000_000 + random(3) * 120 + random(4) + random(2) * 500;
    cells.set([['x', 'y'][random(2)], minute, ['k', 'l', 'm'][random(3)]].join('/'), 1 + random(3));
  }
  const grid = createHeatmapGrid();
  for (const [cell, count] of cells) {
    const [account = '', minute, key = ''] = cell.split('/');
    grid.addCell({ platform: 'p', account, roomId: 'r' }, Number(minute), key, count);
  }
  const rooms = grid.result('UTC');
  const found = new Map<string, number>();
  let figures = 0;
  for (const { account, minutes, rows } of rooms) {
    const numbers = minutes.map((minute) => Date.parse(minute) / 60_000);
    const own = [...cells.keys()]
      .filter((cell) => cell.startsWith(`${account}/`))
      .map((cell) => Number(cell.split('/')[1]));
    // A minute is on the axis when it has a cell, or lies between two that are at most two hours apart.
    const onAxis = (minute: number): boolean => {
      const before = Math.max(...own.filter((one) => one <= minute));
      const after = Math.min(...own.filter((one) => one >= minute));
      return before === after || after - before <= 120;
    };
    const expected: number[] = [];
    for (let minute = Math.min(...own); minute <= Math.max(...own); minute += 1)
      if (onAxis(minute)) expected.push(minute);
    if (JSON.stringify(numbers) !== JSON.stringify(expected)) return false;
    const totals = rows.map(({ key, counts }) => ({
      key,
      total: counts.reduce((sum, count) => sum + count, 0),
    }));
    const inOrder = totals.every(({ key, total }, index) => {
      const next = totals[index + 1];
      return next === undefined || total > next.total || (total === next.total && key < next.key);
    });
    const roomTotal = totals.reduce((sum, { total }) => sum + total, 0);
    if (!inOrder || grid.events.get(['p', account, 'r'].join('\0')) !== roomTotal) return false;
    for (const { key, counts } of rows) {
      figures += counts.length;
      counts.forEach((count, index) => {
        if (count > 0) found.set([account, numbers[index], key].join('/'), count);
      });
    }
  }
  return (
    figures === grid.figures &&
    found.size === cells.size &&
    [...cells].every(([cell, count]) => found.get(cell) === count)
  );
}

function retentionHolds(mutant: unknown, seed: number): boolean {
  const { createRetention } = mutant as typeof RetentionModule;
  const random = createRandom(seed);
  const engine = createRetention();
  const visits: OracleVisit[] = [];
  const seen = new Set<number>();
  for (let person = random(5); person >= 0; person -= 1) {
    const some = (): number[] => [0, 1, 2, 3, 4].filter(() => random(3) === 0);
    const [cohorts, returns] = [some(), some()];
    if (cohorts.length === 0) continue;
    engine.addViewer({ cohorts, returns });
    for (const period of [...cohorts, ...returns]) {
      seen.add(period);
      const isCohort = cohorts.includes(period);
      const isReturning = returns.includes(period);
      visits.push({ person, time: period, eventId: `${period}`, period: `${period}`, isCohort, isReturning });
    }
  }
  const order = [0, 1, 2, 3, 4];
  const found = engine
    .result(order, String)
    .map(({ cohort, viewers, returned }) => `${cohort} ${viewers} ${returned.join(',')}`);
  const expected = oracleRetention(visits, order.map(String), 'each', () => true);
  return (
    JSON.stringify(found) === JSON.stringify(expected) &&
    JSON.stringify([...engine.periods()].sort()) === JSON.stringify([...seen].sort())
  );
}

function attendanceHolds(mutant: unknown, seed: number): boolean {
  const { tallyAttendance } = mutant as typeof AttendanceModule;
  const random = createRandom(seed);
  const people = Array.from({ length: random(9) }, (_, index) => ({
    live_id: `L${random(2)}`,
    title: '',
    live_day: '2026-11-01',
    department: ['x', 'y'][random(2)] ?? '',
    employee_id: `e${index}`,
    name: '',
    listed: random(4) > 0,
    watch_seconds: random(3) * 5,
    watch_ratio: random(3) / 2,
    sign_ins: random(3),
  }));
  const by = random(2) === 0 ? 'department' : 'employee';
  const result = tallyAttendance(people, { finish_ratio: 0.5, min_seconds: 5, by });
  const figuresOf = (group: typeof people): string => {
    const count = (test: (person: (typeof people)[number]) => boolean): number => group.filter(test).length;
    const counts = [
      group.length,
      count(({ listed, watch_seconds }) => listed && !(watch_seconds < 5)),
      count(({ listed, watch_ratio }) => listed && !(watch_ratio < 0.5)),
      count(({ sign_ins }) => sign_ins !== 0),
    ];
    return [
      ...counts,
      ...counts.slice(1).map((part) => (group.length === 0 ? null : part / group.length)),
    ].join();
  };
  const shown = (row: (typeof result)['total']): string =>
    [
      row.expected,
      row.attended,
      row.finished,
      row.signed,
      row.attendance_rate,
      row.completion_rate,
      row.sign_in_rate,
    ].join();
  const level = (
    rows: readonly (typeof result)['total'][],
    keyOf: (person: (typeof people)[number]) => string,
  ): boolean => {
    const keys = [...new Set(people.map(keyOf))].sort();
    const expected = keys.map((key) => figuresOf(people.filter((person) => keyOf(person) === key)));
    return JSON.stringify(rows.map(shown)) === JSON.stringify(expected);
  };
  return (
    shown(result.total) === figuresOf(people) &&
    level(
      result.rows,
      (one) => `${one.live_id}/${one.department}/${by === 'employee' ? one.employee_id : ''}`,
    ) &&
    level(result.lives, (one) => one.live_id) &&
    level(result.departments, (one) => one.department)
  );
}

function channelsHolds(mutant: unknown, seed: number): boolean {
  const { deriveFigures } = mutant as typeof ChannelsModule;
  const random = createRandom(seed);
  const entrants = random(6);
  const [goods_clickers, buyers, returning_viewers] = [entrants, entrants, entrants].map((most) =>
    random(most + 1),
  );
  const counts = {
    link_clicks: random(9),
    entrants,
    goods_clickers: goods_clickers ?? 0,
    buyers: buyers ?? 0,
    orders: (buyers ?? 0) + random(3),
    gmv_fen: random(1000),
    returning_viewers: returning_viewers ?? 0,
  };
  const cost = [null, 0, 500][random(3)] ?? null;
  const over = (part: number | null, whole: number): number | null =>
    part === null || whole === 0 ? null : part / whole;
  const found = deriveFigures(counts, cost);
  const z = 1.959963984540054;
  const rate = counts.buyers / entrants;
  const middle = (rate + z ** 2 / (2 * entrants)) / (1 + z ** 2 / entrants);
  const isCentred =
    found.buy_rate_interval === null
      ? entrants === 0
      : Math.abs((found.buy_rate_interval[0] + found.buy_rate_interval[1]) / 2 - middle) < 1e-9;
  return (
    isCentred &&
    found.click_rate === over(counts.goods_clickers, entrants) &&
    found.buy_rate === over(counts.buyers, entrants) &&
    found.cost_per_entrant_fen === over(cost, entrants) &&
    found.cost_per_buyer_fen === over(cost, counts.buyers) &&
    found.return_on_spend === over(counts.gmv_fen, cost ?? 0) &&
    found.new_viewers + counts.returning_viewers === entrants
  );
}

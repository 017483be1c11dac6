import { findAnalysis } from '../reports/index.js';

import { engineProcessId, openBenchWarehouse, ZONE } from './event-table.js';
import { cpuSecondsOf } from './watched-process.js';

/**
 * `node dist/bench/analyses-slope.js [sizes]`: how the processor time of every analysis grows with the events, as the
 * slope of its logarithm between the smallest and the largest size: 1 is linear. What a statement costs over no events
 * (its planning) is taken off. Linux alone.
 */
const STEPS = [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }];
const FORMS: readonly (readonly [name: string, analysis: string, spec: object])[] = [
  ['funnel', 'funnel', { steps: STEPS }],
  ['funnel by touch.channel', 'funnel', { steps: STEPS, breakdown: { field: 'touch.channel' } }],
  ['attribution, eight models', 'attribution', { conversion: { event: 'order_pay' } }],
  ['experiment', 'experiment', { campaign: 'bench' }],
  ['experiment, means', 'experiment', { campaign: 'bench', metric: { type: 'mean' } }],
  ['audience of a day', 'audience', { from: '2026-10-10', to: '2026-10-10' }],
  ['heatmap', 'heatmap', {}],
  ['retention by day', 'retention', {}],
  ['retention by live', 'retention', { period: 'live' }],
  ['channels', 'channels', {}],
  ['segments', 'segments', {}],
  ['path', 'path', {}],
];

const sizes = (process.argv[2] ?? '0,100000,1000000,10000000').split(',').map(Number);
const spent = new Map<string, number[]>();
for (const eventCount of sizes) {
  const { warehouse, dataDir, close } = await openBenchWarehouse(eventCount);
  const processes = [engineProcessId(dataDir), process.pid];
  const cpuSeconds = (): number => processes.reduce((sum, id) => sum + (cpuSecondsOf(id) ?? 0), 0);
  for (const [name, analysis, spec] of FORMS) {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < (eventCount > 2_000_000 ? 1 : 3); round += 1) {
      const before = cpuSeconds();
      const outcome = await findAnalysis(analysis)?.answer(warehouse, spec, { timeZone: ZONE });
      if (outcome?.ok !== true) throw new Error(outcome?.failure.message ?? 'no such analysis');
      least = Math.min(least, cpuSeconds() - before);
    }
    spent.set(name, [...(spent.get(name) ?? []), least]);
  }
  await close();
}
console.log(
  `processor seconds, engine and node: ${sizes.map((size) => size.toLocaleString('en')).join(', ')}`,
);
for (const [name, seconds] of spent) {
  const idle = sizes[0] === 0 ? (seconds[0] ?? 0) : 0;
  const measured = sizes.flatMap((size, index) =>
    size === 0 ? [] : [{ size, seconds: Math.max(0.01, (seconds[index] ?? 0) - idle) }],
  );
  const first = measured[0];
  const last = measured.at(-1);
  const slope =
    first === undefined || last === undefined || first === last
      ? Number.NaN
      : Math.log(last.seconds / first.seconds) / Math.log(last.size / first.size);
  console.log(
    `${name.padEnd(28)} ${seconds.map((one) => one.toFixed(2).padStart(7)).join(' ')}  slope ${slope.toFixed(2)}`,
  );
}

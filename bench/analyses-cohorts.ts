import { findAnalysis } from '../reports/index.js';

import { measure, openBenchWarehouse, ZONE } from './event-table.js';

/** `node dist/bench/analyses-cohorts.js [events]`: experiment, heatmap and retention. */
const FORMS: readonly (readonly [name: string, analysis: string, spec: object])[] = [
  ['experiment', 'experiment', { campaign: 'bench' }],
  ['experiment, means', 'experiment', { campaign: 'bench', metric: { type: 'mean' } }],
  ['heatmap of actions', 'heatmap', {}],
  ['heatmap of a day', 'heatmap', { from: '2026-10-01', to: '2026-10-01' }],
  ['retention by day', 'retention', {}],
  ['retention by day, each', 'retention', { mode: 'each' }],
  ['retention by week', 'retention', { period: 'week', returning: { event: 'order_pay' } }],
  ['retention by live', 'retention', { period: 'live' }],
];

const eventCount = Number(process.argv[2] ?? 10_000_000);
const { warehouse, close } = await openBenchWarehouse(eventCount);
console.log(`${eventCount} events`);
for (const [name, analysis, spec] of FORMS) {
  await measure(name, async () => {
    const outcome = await findAnalysis(analysis)?.answer(warehouse, spec, { timeZone: ZONE });
    if (outcome?.ok !== true) throw new Error(outcome?.failure.message ?? 'no such analysis');
  });
}
await close();

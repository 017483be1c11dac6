import { findAnalysis } from '../reports/index.js';

import { measure, openBenchWarehouse, ZONE } from './event-table.js';

/** `node dist/bench/analyses-people.js [events]`: segments and path. */
const FORMS: readonly (readonly [name: string, analysis: string, spec: object])[] = [
  ['segments', 'segments', {}],
  ['path of four steps', 'path', {}],
  ['path of eight steps', 'path', { steps: 8, session_gap_seconds: 7200 }],
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

import { findAnalysis } from '../reports/index.js';

import { measure, openBenchWarehouse, ZONE } from './event-table.js';

/** `node dist/bench/attribution.js [events]`: all models, channels, and the audience of a day. */
const eventCount = Number(process.argv[2] ?? 10_000_000);
const { warehouse, close } = await openBenchWarehouse(eventCount);
console.log(`${eventCount} events`);

async function answer(name: string, spec: object): Promise<unknown> {
  const outcome = await findAnalysis(name)?.answer(warehouse, spec, { timeZone: ZONE });
  if (outcome?.ok !== true) throw new Error(outcome?.failure.message ?? `no ${name}`);
  return outcome.value.result;
}

let conversions = 0;
await measure('attribution, eight models', async () => {
  const result = (await answer('attribution', { conversion: { event: 'order_pay' } })) as {
    conversions: number;
  };
  ({ conversions } = result);
});
console.log(`${conversions} conversions`);
await measure('attribution, eight models, markov order 4', () => answer('attribution', { markov_order: 4 }));
await measure('channels', () => answer('channels', {}));
await measure('audience of a day', () => answer('audience', { from: '2026-10-10', to: '2026-10-10' }));
await close();

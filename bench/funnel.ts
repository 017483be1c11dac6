import { findAnalysis } from '../reports/index.js';
import { typedByUser } from '../sql/index.js';

import { measure, openBenchWarehouse, ZONE } from './event-table.js';

/** `node dist/bench/funnel.js [events]`: the forms of the funnel beside the engine's own windowFunnel. */
const WINDOW_FUNNEL = `
SELECT level, count() FROM
(
    SELECT viewer, windowFunnel(1209600000)(
        toUInt64(toUnixTimestamp64Milli(event_time)), event = 'live_enter', event = 'goods_click', event = 'order_pay') AS level
    FROM wxlive.events
    WHERE event IN ('live_enter', 'goods_click', 'order_pay') AND NOT is_system
    GROUP BY viewer
) GROUP BY level`;

const STEPS = [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }];
const FORMS: Readonly<Record<string, object>> = {
  ordered: {},
  'ordered, window of an hour': { window_seconds: 3600 },
  unordered: { order: 'unordered' },
  strict: { order: 'strict' },
  exclusion: { exclusions: [{ event: 'goods_expose', from_step: 2, to_step: 3 }] },
  'breakdown by utm_source': { breakdown: { field: 'utm_source' } },
  'correlate room_id': { correlate: 'room_id' },
  'trend by day': { trend: 'day' },
  'breakdown by touch.channel': { breakdown: { field: 'touch.channel' } },
};

const eventCount = Number(process.argv[2] ?? 10_000_000);
const { warehouse, close } = await openBenchWarehouse(eventCount);
const funnel = findAnalysis('funnel');
console.log(`${eventCount} events`);
const base = await measure('windowFunnel', async () => {
  let bytes = 0;
  for await (const chunk of warehouse.stream(typedByUser(WINDOW_FUNNEL), 'TSV')) bytes += chunk.length;
  return bytes;
});
for (const [name, form] of Object.entries(FORMS)) {
  let shown = '';
  const time = await measure(name, async () => {
    const outcome = await funnel?.answer(warehouse, { steps: STEPS, ...form }, { timeZone: ZONE });
    if (outcome?.ok !== true) throw new Error(outcome?.failure.message ?? 'no funnel');
    const { steps } = outcome.value.result as { steps: { viewers: number }[] };
    shown = steps.map(({ viewers }) => viewers).join(' → ');
  });
  console.log(`${''.padEnd(40)} ${(time / base).toFixed(2)} × windowFunnel; ${shown}`);
}
await close();

/** `node dist/bench/erase.js [EVENTS]`: seconds that the erasure of one viewer among so many events takes, and one that is not there. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createPseudonymizer, erasePerson, PseudonymKey, Seal } from '../pipelines/index.js';
import type { ViewerId } from '../schemas/index.js';
import { typedByUser } from '../sql/index.js';
import { openBenchWarehouse } from './event-table.js';

const key = PseudonymKey.fromBytes(randomBytes(32));
if (!key.ok) throw new Error('no key');
const reader = {
  seal: new Seal(key.value),
  pseudonymizer: createPseudonymizer(key.value),
  rawId: 'nobody-has-this-id',
};
const bench = await openBenchWarehouse(Number(process.argv[2] ?? 10_000_000));
const { warehouse } = bench;
const viewers = await warehouse.query(
  typedByUser('SELECT DISTINCT viewer FROM wxlive_store.events_store LIMIT 4 OFFSET 1000'),
  z.object({ viewer: z.string() }),
);
for (const { viewer } of viewers) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  // Read back from the warehouse, where nothing but pseudonyms stands.
  const erasure = await erasePerson(warehouse, [viewer as ViewerId], reader);
  const seconds = (performance.now() - start) / 1000;
  const own = (process.cpuUsage(cpu).user / 1e6).toFixed(2);
  process.stdout.write(`${seconds.toFixed(2)} s (own CPU ${own} s)  ${JSON.stringify(erasure.removed)}\n`);
}
await bench.close();

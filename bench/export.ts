import { openViewExport, TABLE_FORMATS } from '../reports/index.js';

import { measure, openBenchWarehouse, ZONE } from './event-table.js';

/** `node dist/bench/export.js [events]`: a view as a file of each format; memory of this process while it is sent. */
const eventCount = Number(process.argv[2] ?? 1_000_000);
const { warehouse, close } = await openBenchWarehouse(eventCount);
console.log(`${eventCount} events`);
for (const format of TABLE_FORMATS) {
  let bytes = 0;
  let most = 0;
  await measure(format, async () => {
    const opened = await openViewExport(
      warehouse,
      { view: 'events', from: null, to: null, where: [] },
      format,
      { timeZone: ZONE, language: 'zh', byteOrderMark: true },
    );
    if (!opened.ok) throw new Error(opened.failure.message);
    bytes = 0;
    for await (const piece of opened.value.bytes()) {
      bytes += piece.byteLength;
      most = Math.max(most, process.memoryUsage().rss);
    }
  });
  console.log(`  ${(bytes / 1e6).toFixed(0)} MB sent, ${(most / 1e6).toFixed(0)} MB of memory at most`);
}
await close();

import { z } from 'zod';
import type { MetricsRegistry } from '../pipelines/index.js';
import { loadSql, type Warehouse } from '../sql/index.js';

const row = z.object({
  platform: z.string(),
  account: z.string(),
  source: z.string(),
  watermark: z.coerce.number(),
});
/** The answer serves so long; a scrape every few seconds must not read the warehouse each time. */
const KEPT_MS = 30_000;

/** Shows the newest instant received from each source: `wxlive_source_watermark_seconds{platform,account,source}`. */
export function measureWatermarks(metrics: MetricsRegistry, warehouse: Warehouse): void {
  const gauge = metrics.gauge(
    'wxlive_source_watermark_seconds',
    'Newest instant received from a source, Unix seconds.',
  );
  let asked = Number.NEGATIVE_INFINITY;
  metrics.beforeRender(async () => {
    if (performance.now() - asked < KEPT_MS) return;
    asked = performance.now();
    const rows = await warehouse.query(loadSql('operate/watermarks'), row);
    gauge.clear();
    for (const { watermark, ...labels } of rows) gauge.set(watermark, labels);
  });
}

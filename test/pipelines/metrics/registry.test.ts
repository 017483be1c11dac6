import { expect, it } from 'vitest';
import { MetricsRegistry } from '../../../pipelines/index.js';

it('figures are shown though one of those who know them fails, and another never answers', async () => {
  const metrics = new MetricsRegistry(20);
  const lag = metrics.gauge('wxlive_consumer_lag', 'Messages that are not stored yet.');
  const watermark = metrics.gauge('wxlive_source_watermark_seconds', 'Newest instant.');
  watermark.set(7);
  metrics.beforeRender(() => new Promise(() => undefined));
  metrics.beforeRender(() => {
    throw new Error('away');
  });
  metrics.beforeRender(() => Promise.reject(new Error('away')));
  metrics.beforeRender(() => {
    lag.set(3, { topic: 'wxlive.events', partition: '0' });
  });
  const lines = (await metrics.render()).split('\n');
  expect(lines).toContain('wxlive_consumer_lag{topic="wxlive.events",partition="0"} 3');
  expect(lines).toContain('wxlive_source_watermark_seconds 7');
});

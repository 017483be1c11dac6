import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricsRegistry } from '../pipelines/index.js';

/** Shows what this process takes: memory, processor time, and how late its event loop is. */
export function measureProcess(metrics: MetricsRegistry): void {
  const resident = metrics.gauge('wxlive_process_resident_bytes', 'Memory of this process.');
  const processor = metrics.gauge('wxlive_process_cpu_seconds_total', 'Processor time of this process.');
  const delay = metrics.gauge(
    'wxlive_event_loop_delay_seconds',
    'Delay of the event loop since the last look.',
  );
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  metrics.beforeRender(() => {
    const { user, system } = process.cpuUsage();
    resident.set(process.memoryUsage.rss());
    processor.set((user + system) / 1e6);
    delay.set(histogram.percentile(50) / 1e9, { quantile: '0.5' });
    delay.set(histogram.percentile(99) / 1e9, { quantile: '0.99' });
    histogram.reset();
  });
}

import type { Histogram, MetricsRegistry } from './registry.js';

/** `wxlive_insert_records`: of whoever stores, the collector or with Kafka the loader. */
export function openInsertSizes(metrics: MetricsRegistry): Histogram {
  return metrics.histogram(
    'wxlive_insert_records',
    'Records stored together.',
    [1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000],
  );
}

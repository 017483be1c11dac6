import { openInsertSizes } from '../metrics/insert-sizes.js';
import type { Counter, MetricsRegistry } from '../metrics/registry.js';
import type { StoredFlush } from './flush-store.js';
import type { LaneConsumer } from './lane-consumer.js';
import type { ArrivalCase } from './offset-range.js';

/** What the loader counts. */
export interface LoaderFigures {
  arrived(what: ArrivalCase | 'recreated'): void;
  flushed(flush: StoredFlush, seconds: number): void;
  readonly failures: Counter;
  readonly missing: Counter;
  readonly stalls: Counter;
  /** Shows the lag of these until the returned function is called. */
  watch(lanes: readonly LaneConsumer[]): () => void;
}

/** Opens the loader's metrics in a registry. */
export function openLoaderFigures(metrics: MetricsRegistry): LoaderFigures {
  const lag = metrics.gauge('wxlive_consumer_lag', 'Messages of a partition that are not stored yet.');
  const waiting = metrics.gauge('wxlive_loader_waiting_bytes', 'Messages that came and wait to be stored.');
  const rows = metrics.counter('wxlive_loaded_rows_total', 'Rows stored or known already.');
  const cases = metrics.counter(
    'wxlive_loader_arrivals_total',
    'How messages lay to the range stored before: next, same, contained, overlap_left, overlap_right, older, gap, recreated, new.',
  );
  const letters = metrics.counter('wxlive_dead_letters_total', 'Messages and records set aside.');
  const delay = metrics.histogram(
    'wxlive_receipt_to_visible_seconds',
    'From the receipt of a record until a query shows it.',
  );
  const took = metrics.histogram('wxlive_flush_seconds', 'Time a flush of the loader took.');
  const size = openInsertSizes(metrics);
  let watched: readonly LaneConsumer[] = [];
  metrics.beforeRender(() => {
    lag.clear();
    waiting.set(watched.reduce((bytes, lane) => bytes + lane.waitingBytes, 0));
    for (const lane of watched) {
      for (const { topic, partition, lag: behind } of lane.lags) {
        lag.set(behind, { topic, partition: String(partition) });
      }
    }
  });
  return {
    failures: metrics.counter('wxlive_flush_failures_total', 'Flushes that were tried again.'),
    missing: metrics.counter(
      'wxlive_lost_messages_total',
      'Messages a topic no longer had when they were to be loaded.',
    ),
    stalls: metrics.counter('wxlive_consumer_stalls_total', 'Consumers begun anew because nothing came.'),
    arrived(what) {
      cases.add({ case: what });
    },
    flushed(flush, seconds) {
      rows.add({ outcome: 'accepted' }, flush.accepted);
      rows.add({ outcome: 'other' }, flush.rows - flush.accepted);
      if (flush.deadLetters > 0) letters.add({}, flush.deadLetters);
      took.observe(seconds);
      size.observe(flush.rows);
      if (flush.oldestSentAt !== null) {
        // Every row as late as the oldest of its flush: no figure here is better than the truth.
        delay.observe(Math.max(0, Date.now() - flush.oldestSentAt) / 1000, {}, flush.rows);
      }
    },
    watch(lanes) {
      watched = lanes;
      return () => {
        watched = [];
      };
    },
  };
}

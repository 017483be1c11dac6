import { expect, it } from 'vitest';
import { findKafka, startKafka } from '../servers/kafka.js';
import { chaosFaults } from './chaos/chaos-faults.js';
import { runKafkaChaos } from './chaos/kafka-chaos.js';

const origin = findKafka();
/** The long form is bench/nightly-chaos.ts. On a busy machine this one goes on until there were so many kills. */
const SHORT = { loadSeconds: 10, leastKills: 1, forced: false } as const;

it.skipIf(origin === null)(
  'collector, loaders, broker and ClickHouse, each killed under load: nothing lost, doubled or readable',
  async () => {
    if (origin === null) return;
    const kafka = await startKafka(origin);
    try {
      const report = await runKafkaChaos({ ...SHORT, seed: Date.now() % 1_000_000, kafka });
      const { lost, doubled, strange, ...figures } = report;
      console.info(`Kafka under fire: ${JSON.stringify(figures)}`);
      expect(chaosFaults(report, SHORT), `seed ${report.seed}`).toEqual([]);
      expect([lost, doubled, strange]).toEqual([[], [], []]);
      expect(report.acknowledged).toBeGreaterThan(0);
    } finally {
      await kafka.stop();
    }
  },
  600_000,
);

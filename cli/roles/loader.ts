import type { Role } from './role.js';

/** Brings what lies in Kafka into the warehouse; without Kafka whoever takes records stores them. */
export const loaderRole: Role = {
  name: 'loader',
  async start({ app, logger, metrics }) {
    const kafka = await app.kafka();
    if (kafka === null) return null;
    const { KafkaLoader } = await import('../../pipelines/index.js');
    const { seal } = await app.privacy();
    const warehouse = await app.warehouse();
    const loader = new KafkaLoader({
      client: kafka.client,
      letters: kafka.bus,
      topics: kafka.topics,
      group: app.settings.kafka_group,
      warehouse,
      dataDir: app.dataDir,
      seal,
      metrics,
      logger,
      flushIntervalMs: app.settings.loader_flush_interval_ms,
      flushRecords: app.settings.loader_flush_records,
    });
    loader.start();
    return {
      ready: () => Promise.resolve(loader.trouble),
      stop: () => loader.stop(),
    };
  },
};

import { readFileSync } from 'node:fs';
import type { KafkaSettings, TopicSettings } from '../pipelines/index.js';
import type { Settings } from '../schemas/index.js';
import { UsageError } from './exit-codes.js';
import { readSecret } from './settings-file.js';

/** How to reach the brokers, by the settings. */
export function kafkaSettings(settings: Settings, environment: NodeJS.ProcessEnv): KafkaSettings {
  const { kafka_brokers, kafka_compression, kafka_sasl_mechanism, kafka_sasl_username } = settings;
  return {
    brokers: kafka_brokers,
    compression: kafka_compression,
    tls: tlsOf(settings),
    sasl:
      kafka_sasl_mechanism === undefined
        ? null
        : {
            mechanism: kafka_sasl_mechanism,
            username: kafka_sasl_username ?? missing('kafka_sasl_username / KAFKA_SASL_USERNAME'),
            password: readSecret('KAFKA_SASL_PASSWORD', environment) ?? missing('KAFKA_SASL_PASSWORD'),
          },
  };
}

/** The topics as they are made. */
export function topicSettings(settings: Settings): TopicSettings {
  return {
    prefix: settings.kafka_topic_prefix,
    partitions: settings.kafka_partitions_count,
    replication: settings.kafka_replication_count,
    retentionMs: settings.kafka_retention_seconds * 1_000,
  };
}

function tlsOf({ kafka_tls, kafka_tls_ca_file }: Settings): KafkaSettings['tls'] {
  if (kafka_tls_ca_file === undefined) return kafka_tls ? { ca: null } : null;
  try {
    return { ca: readFileSync(kafka_tls_ca_file, 'utf8') };
  } catch {
    throw new UsageError(`kafka_tls_ca_file: 无法读取该文件 / the file cannot be read: ${kafka_tls_ca_file}`);
  }
}

function missing(name: string): never {
  throw new UsageError(
    `设置了 kafka_sasl_mechanism，还需要 ${name} / kafka_sasl_mechanism is set, so ${name} is needed`,
  );
}

import type { Kafka, SASLOptions } from 'kafkajs';
import type { Logger } from '../../schemas/index.js';
import { registerCodecs, type KafkaCompression } from './kafka-compression.js';
import { loadKafkajs, type KafkajsLibrary } from './kafkajs-library.js';

/** How to reach the brokers. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** null: plain text. `ca`: PEM of an authority that the machine does not know. */
  readonly tls: { readonly ca: string | null } | null;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
  readonly compression: KafkaCompression;
}

/** kafkajs, loaded and set up. */
export interface OpenedKafkajs {
  readonly kafkajs: KafkajsLibrary;
  readonly kafka: Kafka;
}

export const REQUEST_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 3_000;

/** Loads kafkajs and sets it up; nothing is connected yet. */
export async function openKafkajs(settings: KafkaSettings, logger: Logger): Promise<OpenedKafkajs> {
  const kafkajs = await loadKafkajs();
  registerCodecs(kafkajs);
  const { brokers, tls, sasl } = settings;
  const kafka = new kafkajs.Kafka({
    clientId: 'wxlive',
    brokers: [...brokers],
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    logLevel: kafkajs.logLevel.WARN,
    // kafkajs calls a broker that is away an error; whether it is one, its caller tells.
    logCreator:
      () =>
      ({ log, level }) => {
        logger.debug('kafka', { level, reason: log.message });
      },
    ...(tls === null ? {} : { ssl: tls.ca === null ? true : { ca: [tls.ca] } }),
    ...(sasl === null ? {} : { sasl: signIn(sasl) }),
  });
  return { kafkajs, kafka };
}

function signIn({ mechanism, username, password }: NonNullable<KafkaSettings['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism: 'plain', username, password };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', username, password };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', username, password };
  }
}

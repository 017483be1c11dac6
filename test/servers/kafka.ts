import { spawnSync } from 'node:child_process';
import { freePort } from '../../sql/engine/free-port.js';
import { jarsAreThere, startFromJars } from './kafka/jars.js';

/** A broker for tests. */
export interface TestKafka {
  /** `127.0.0.1:9092` */
  readonly brokers: string;
  /** Ends it like a power cut and starts it again on what it had written; null where the broker is not ours. */
  readonly restart: (() => Promise<void>) | null;
  /** Of the broker as it runs now; null where it is no process of this machine's. */
  readonly processId: number | null;
  stop(): Promise<void>;
}

/** Where a broker comes from on this machine; null when there is none. */
export type KafkaOrigin = 'environment' | 'docker' | 'jars';

/** `KAFKA_BROKERS`, else Docker, else the jars of Apache Kafka with the machine's Java; null is loud, and an error with CI=true. */
export function findKafka(): KafkaOrigin | null {
  if ((process.env['KAFKA_BROKERS'] ?? '') !== '') return 'environment';
  if (spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0) return 'docker';
  if (has('java') && (jarsAreThere() || has('mvn'))) return 'jars';
  if (process.env['CI'] === 'true') {
    throw new Error('the tests need Kafka: set KAFKA_BROKERS, or install Docker, or Java 17 with Maven');
  }
  console.warn(
    'SKIPPED: no Kafka (KAFKA_BROKERS, Docker, or Java with Maven), so the tests that need it did not run',
  );
  return null;
}

/** Starts the broker, or finds it. */
export async function startKafka(origin: KafkaOrigin): Promise<TestKafka> {
  if (origin === 'environment') {
    return {
      brokers: process.env['KAFKA_BROKERS'] ?? '',
      restart: null,
      processId: null,
      stop: () => Promise.resolve(),
    };
  }
  return origin === 'docker' ? startInDocker() : startFromJars();
}

async function startInDocker(): Promise<TestKafka> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer('apache/kafka:4.1.0')
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/u))
    .start();
  return {
    brokers: `127.0.0.1:${port}`,
    restart: () => container.restart(),
    processId: null,
    stop: async () => {
      await container.stop();
    },
  };
}

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

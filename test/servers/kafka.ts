import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../sql/package-root.js';

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

const JARS = join(packageRoot(), '.cache', 'kafka-jars');
const START_TIMEOUT_MS = 60_000;

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

async function startFromJars(): Promise<TestKafka> {
  fetchJarsOnce();
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-kafka-'));
  const port = await freePort();
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(folder, port, await freePort()));
  java(['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', properties], folder);
  const brokers = `127.0.0.1:${port}`;
  let broker = launch(properties, folder);
  await listening(broker, port);
  const kill = async (): Promise<void> => {
    if (broker.exitCode !== null || broker.signalCode !== null) return;
    const ended = once(broker, 'exit');
    broker.kill('SIGKILL');
    await ended;
  };
  return {
    brokers,
    get processId() {
      return broker.pid ?? null;
    },
    restart: async () => {
      await kill();
      broker = launch(properties, folder);
      await listening(broker, port);
    },
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One node that is broker and controller, for one machine. */
function serverProperties(folder: string, port: number, controllerPort: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `log.dirs=${join(folder, 'logs')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    'log.segment.delete.delay.ms=1000',
    // A broker that is killed says nothing of its going: its session must not be waited for when it is back.
    'broker.session.timeout.ms=3000',
    '',
  ].join('\n');
}

const CLASS_PATH = join(JARS, '*');

function java(args: readonly string[], folder: string): void {
  execFileSync('java', ['-Xmx256m', '-cp', CLASS_PATH, ...args], { cwd: folder, stdio: 'pipe' });
}

function launch(properties: string, folder: string): ChildProcess {
  const flags = [
    '-Xmx512m',
    '-Xms256m',
    '-XX:+UseSerialGC',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
  ];
  return spawn('java', [...flags, '-cp', CLASS_PATH, 'kafka.Kafka', properties], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

async function listening(broker: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await reaches(port))) {
    if (broker.exitCode !== null) throw new Error(`the broker ended with ${broker.exitCode}`);
    if (performance.now() > deadline) throw new Error('the broker did not start');
    await sleep(50);
  }
}

async function reaches(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function jarsAreThere(): boolean {
  return existsSync(JARS) && readdirSync(JARS).some((name) => name.startsWith('kafka_'));
}

/** Downloads the jars beside where they will lie and moves them there, so that two test files may do it at once. */
function fetchJarsOnce(): void {
  if (jarsAreThere()) return;
  const parent = join(packageRoot(), '.cache');
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, 'kafka-jars-'));
  const pom = join(packageRoot(), 'test', 'servers', 'kafka', 'pom.xml');
  execFileSync(
    'mvn',
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(fresh, 'jars')}`],
    { stdio: 'pipe' },
  );
  try {
    renameSync(join(fresh, 'jars'), JARS);
  } catch (error) {
    if (!jarsAreThere()) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** What Kafka calls a cluster: 16 bytes in URL-safe base64. */
function clusterId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

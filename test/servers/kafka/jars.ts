import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../sql/engine/free-port.js';
import { packageRoot } from '../../../sql/package-root.js';
import type { TestKafka } from '../kafka.js';

/** Apache Kafka out of its jars with the machine's Java: one node that is broker and controller. */

const JARS = join(packageRoot(), '.cache', 'kafka-jars');
/** A broker of a test lives for seconds: what the second compiler does for it costs more than it brings. */
const QUICK_START = '-XX:TieredStopAtLevel=1';
const CLASS_PATH = join(JARS, '*');
const START_TIMEOUT_MS = 60_000;

/** What a broker has beyond the plain one. */
export interface BrokerExtras {
  /** Further listeners by the name of their protocol. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly properties: readonly string[];
  /** For StorageTool. */
  readonly formatArguments: readonly string[];
}

const NO_EXTRAS: BrokerExtras = { listeners: {}, properties: [], formatArguments: [] };

/** Starts a broker; `restart` ends it like a power cut first. */
export async function startFromJars(extras: BrokerExtras = NO_EXTRAS): Promise<TestKafka> {
  fetchJarsOnce();
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-kafka-'));
  const port = await freePort();
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(folder, port, await freePort(), extras));
  java(
    ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', properties, ...extras.formatArguments],
    folder,
  );
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

function java(args: readonly string[], folder: string): void {
  execFileSync('java', ['-Xmx256m', QUICK_START, '-cp', CLASS_PATH, ...args], { cwd: folder, stdio: 'pipe' });
}

function launch(properties: string, folder: string): ChildProcess {
  const flags = [
    '-Xmx512m',
    '-Xms256m',
    '-XX:+UseSerialGC',
    QUICK_START,
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

export function jarsAreThere(): boolean {
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
  // Begins with a letter: an argument that begins with a dash, as one in 64 would, is taken for an option.
  return Buffer.from(`0${randomUUID().replaceAll('-', '').slice(1)}`, 'hex').toString('base64url');
}

/** One node that is broker and controller, for one machine. */
function serverProperties(
  folder: string,
  port: number,
  controllerPort: number,
  { listeners, properties }: BrokerExtras,
): string {
  const ours = Object.entries({ PLAINTEXT: port, ...listeners });
  const addresses = ours.map(([name, at]) => `${name}://127.0.0.1:${at}`);
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=${[...addresses, `CONTROLLER://127.0.0.1:${controllerPort}`].join(',')}`,
    `advertised.listeners=${addresses.join(',')}`,
    'controller.listener.names=CONTROLLER',
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${ours.map(([name]) => `${name}:${name}`).join(',')}`,
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
    ...properties,
    '',
  ].join('\n');
}

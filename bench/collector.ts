/**
 * The collector: `node dist/bench/collector.js [--seconds N] [--connections N] [--batch N] [--rate EVENTS] [--alone]
 * [--profile DIR]`. First alone: HTTP, keys, normalizing and pseudonyms as always, but a flush is stored nowhere. Then
 * `wxlive serve` in embedded mode at full speed and at `--rate` events a second, where an answer means that a query
 * shows the events. Sender and server share the machine: judge by processor seconds on one that does other work.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  ApiKeys,
  Collector,
  createPseudonymizer,
  MetricsRegistry,
  PseudonymKey,
  Seal,
  SOURCES,
} from '../pipelines/index.js';
import { readAddress } from '../sql/engine/address.js';
import { engineFolder } from '../sql/engine/folder.js';
import { packageRoot } from '../sql/index.js';
import { BodyReader, collectRoutes, openServer } from '../web/index.js';
import { EventSender, quantile, type Sent } from './event-sender.js';
import { cpuSecondsOf } from './watched-process.js';

const KEY = 'key-of-the-bench';
const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    batch: { type: 'string', default: '100' },
    rate: { type: 'string', default: '5000' },
    profile: { type: 'string' },
    alone: { type: 'boolean', default: false },
    server: { type: 'boolean', default: false },
  },
});
const seconds = Number(flags.seconds);

if (flags.server) await serveAlone();
else {
  await benchAlone();
  if (!flags.alone) await benchEmbedded();
}

/** A collector that stores nothing, in a process of its own. */
async function serveAlone(): Promise<void> {
  const key = PseudonymKey.parse('11'.repeat(32));
  if (!key.ok) throw new Error('no key');
  const metrics = new MetricsRegistry();
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const collector = new Collector({
    target: {
      visible: false,
      flush: ({ records }) => Promise.resolve({ accepted: new Uint8Array(records.length).fill(1) }),
      close: () => Promise.resolve(),
    },
    tools: {
      sources: SOURCES,
      pseudonymizer: createPseudonymizer(key.value),
      seal: new Seal(key.value),
      eventMap: {},
      language: 'en',
    },
    logger,
    metrics,
    flushIntervalMs: 20,
    flushRecords: 20_000,
    answerTimeoutMs: 30_000,
    mostWaitingRecords: 500_000,
    rowsPerSecond: 0,
  });
  const bodies = new BodyReader({ bodyBytes: 1e7, inflatedBytes: 1e8, allBytes: 5e8 });
  const server = await openServer({
    host: '127.0.0.1',
    port: 0,
    routes: collectRoutes(
      { collector, writeKeys: ApiKeys.parse(KEY), bodies },
      { cssKey: null, wechat: null, wecom: null },
    ),
    logger,
    metrics,
    crossOrigin: { origins: [], domains: [] },
  });
  process.once('SIGTERM', () => void server.close());
  console.log(server.url);
}

async function benchAlone(): Promise<void> {
  const profile = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`];
  const child = spawn(process.execPath, [...profile, process.argv[1] ?? '', '--server'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    const sender = openSender(url);
    await sender.send(2, 0);
    await measure('alone', sender, 0, { server: child.pid ?? 0 });
    sender.close();
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

async function benchEmbedded(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'wxlive-collector-'));
  const child = spawn(
    process.execPath,
    [
      join(packageRoot(), 'dist', 'cli', 'main.js'),
      ...['serve', '--roles', 'collector', '--port', '18787', '--data', dataDir],
    ],
    { stdio: 'ignore', env: { ...process.env, KAFKA_BROKERS: '', WXLIVE_WRITE_KEYS: KEY } },
  );
  const url = 'http://127.0.0.1:18787';
  try {
    await ready(url, child);
    const processes = {
      server: child.pid ?? 0,
      engine: readAddress(engineFolder(dataDir))?.processId ?? 0,
    };
    const sender = openSender(url);
    await sender.send(3, 0);
    await measure('embedded, full speed', sender, 0, processes);
    await measure(`embedded, ${flags.rate}/s`, sender, Number(flags.rate), processes);
    sender.close();
  } finally {
    child.kill();
    await once(child, 'exit');
    // The engine goes once nobody uses it.
    await sleep(1_500);
    await rm(dataDir, { recursive: true, force: true });
  }
}

function openSender(url: string): EventSender {
  return new EventSender({
    url,
    writeKey: KEY,
    connections: Number(flags.connections),
    batch: Number(flags.batch),
  });
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    if (child.exitCode !== null) throw new Error('wxlive serve ended');
    await sleep(50);
  }
}

/** Sends for a while, and prints what it took of each process. */
async function measure(
  name: string,
  sender: EventSender,
  rate: number,
  processes: Readonly<Record<string, number>>,
): Promise<void> {
  const all = Object.entries({ ...processes, sender: process.pid });
  const before = all.map(([, id]) => cpuSecondsOf(id) ?? 0);
  const sent = await sender.send(seconds, rate);
  const spent = all.map(([of, id], at): [string, number] => [
    of,
    (cpuSecondsOf(id) ?? 0) - (before[at] ?? 0),
  ]);
  report(name, sent, spent);
}

function report(name: string, sent: Sent, spent: readonly (readonly [string, number])[]): void {
  const at = (share: number): string => `${quantile(sent.latencies, share).toFixed(0)} ms`;
  console.log(
    [
      `${name}: ${Math.round(sent.events / sent.seconds).toLocaleString('en')} events/s`,
      `processor: ${spent
        .map(
          ([of, used]) =>
            `${of} ${used.toFixed(1)} s (${((used / sent.events) * 1e6).toFixed(1)} µs an event)`,
        )
        .join(', ')} of ${sent.seconds.toFixed(1)} s`,
      `answered p50 ${at(0.5)}, p99 ${at(0.99)}, refused ${sent.refused}`,
      `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    ].join('; '),
  );
}

function nothing(): void {
  // The bench is not interested in lines.
}

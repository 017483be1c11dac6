/**
 * From HTTP to visible rows through Kafka: `node dist/bench/kafka.js [--seconds N] [--rate EVENTS] [--paced-seconds N]
 * [--connections N] [--batch N] [--profile DIR]`. A broker (KAFKA_BROKERS, or as the tests find one), `wxlive serve` as collector and as
 * loader, the engine and the sender share this machine, with the product's own settings. First as fast as answers come:
 * events a second until the last of them shows in a query, and memory over time. Then `--rate` a second: how long after
 * it was sent an event shows. Judge by processor seconds on a machine that does other work. A run of minutes
 * (`--seconds 300`) shows the memory of each process every ten seconds, and how it grows.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readAddress } from '../sql/engine/address.js';
import { engineFolder } from '../sql/engine/folder.js';
import { openWarehouse, packageRoot, typedByUser, type Warehouse } from '../sql/index.js';
import { findKafka, startKafka } from '../test/servers/kafka.js';
import { EventSender, quantile } from './event-sender.js';
import { watchMemory } from './memory-watch.js';
import { cpuSecondsOf } from './watched-process.js';

const KEY = 'key-of-the-bench';
const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    'paced-seconds': { type: 'string', default: '20' },
    connections: { type: 'string', default: '64' },
    batch: { type: 'string', default: '100' },
    rate: { type: 'string', default: '5000' },
    profile: { type: 'string' },
  },
});

const LOOK_MS = 50;
const countRow = z.object({ events: z.coerce.number() });

/** What shows in a query, as time goes by. */
interface Seen {
  readonly at: number;
  readonly events: number;
}

const origin = findKafka();
if (origin === null) process.exit(0);
const kafka = await startKafka(origin);
const dataDir = await mkdtemp(join(tmpdir(), 'wxlive-kafka-bench-'));
const children: ChildProcess[] = [];
try {
  await bench();
} finally {
  for (const child of children) child.kill();
  await Promise.all(children.map(async (child) => child.exitCode ?? once(child, 'exit')));
  await sleep(1_500);
  await kafka.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const warehouse = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  const [collector, loader] = [serve('collector', 18_788), serve('loader', 18_789)];
  const url = 'http://127.0.0.1:18788';
  await ready(url, collector);
  await ready('http://127.0.0.1:18789', loader);
  const processes: Record<string, number> = {
    sender: process.pid,
    collector: collector.pid ?? 0,
    loader: loader.pid ?? 0,
    engine: readAddress(engineFolder(dataDir))?.processId ?? 0,
    ...(kafka.processId === null ? {} : { broker: kafka.processId }),
  };
  const sender = new EventSender({
    url,
    writeKey: KEY,
    connections: Number(flags.connections),
    batch: Number(flags.batch),
  });
  await sender.send(3, 0);
  await settled(warehouse);
  await measure('full speed', Number(flags.seconds), 0, { sender, warehouse, processes });
  // Of requests whose answer nobody waited for.
  await settled(warehouse);
  await measure(`${flags.rate}/s`, Number(flags['paced-seconds']), Number(flags.rate), {
    sender,
    warehouse,
    processes,
  });
  sender.close();
  const [shown] = await warehouse.query(typedByUser('SELECT count() AS events FROM wxlive.events'), countRow);
  const stored = await storedEvents(warehouse);
  console.log(
    `stored ${stored.toLocaleString('en')}, in the view ${(shown?.events ?? 0).toLocaleString('en')}`,
  );
  await warehouse.close();
}

interface Bench {
  readonly sender: EventSender;
  readonly warehouse: Warehouse;
  readonly processes: Readonly<Record<string, number>>;
}

async function measure(
  name: string,
  seconds: number,
  rate: number,
  { sender, warehouse, processes }: Bench,
): Promise<void> {
  const before = await storedEvents(warehouse);
  const all = Object.entries(processes);
  const spentBefore = all.map(([, id]) => cpuSecondsOf(id) ?? 0);
  const memory = watchMemory(processes);
  const sentAt: Seen[] = [];
  let sentEvents = 0;
  const seen: Seen[] = [];
  const looking = new AbortController();
  const looks = lookUntil(looking.signal, warehouse, before, seen);
  const startedAt = performance.now();
  const sent = await sender.send(seconds, rate, (at, events) => {
    sentAt.push({ at, events: (sentEvents += events) });
  });
  const acknowledgedAt = performance.now();
  while ((seen.at(-1)?.events ?? 0) < sent.events && performance.now() - acknowledgedAt < 60_000)
    await sleep(LOOK_MS);
  looking.abort();
  await looks;
  const visibleAt = seen.find(({ events }) => events >= sent.events)?.at ?? Number.NaN;
  const took = (visibleAt - startedAt) / 1000;
  const delays = delaysOf(sentAt, seen);
  const perEvent = all.map(([of, id], at) => {
    const spent = (cpuSecondsOf(id) ?? 0) - (spentBefore[at] ?? 0);
    return `${of} ${spent.toFixed(1)} s (${((spent / sent.events) * 1e6).toFixed(1)} µs)`;
  });
  console.log(
    [
      `${name}: ${Math.round(sent.events / sent.seconds).toLocaleString('en')} events/s acknowledged, ${Math.round(sent.events / took).toLocaleString('en')} events/s visible over ${took.toFixed(1)} s`,
      `visible ${((visibleAt - acknowledgedAt) / 1000).toFixed(2)} s after the last answer, refused ${sent.refused}`,
      `answered p50 ${quantile(sent.latencies, 0.5).toFixed(0)} ms, p99 ${quantile(sent.latencies, 0.99).toFixed(0)} ms`,
      `sent to visible p50 ${quantile(delays, 0.5).toFixed(0)} ms, p99 ${quantile(delays, 0.99).toFixed(0)} ms`,
      `processor (an event): ${perEvent.join(', ')}`,
      ...memory.stop(),
      `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    ].join('\n  '),
  );
}

async function lookUntil(
  over: AbortSignal,
  warehouse: Warehouse,
  before: number,
  seen: Seen[],
): Promise<void> {
  while (!over.aborted) {
    seen.push({ events: (await storedEvents(warehouse)) - before, at: performance.now() });
    await sleep(LOOK_MS);
  }
}

/** How long after it was sent each event showed, in milliseconds, ascending: the nth that was sent is taken for the nth that shows. */
function delaysOf(sent: readonly Seen[], seen: readonly Seen[]): number[] {
  const delays: number[] = [];
  let at = 0;
  for (const { at: sentAt, events } of sent) {
    while (at < seen.length && (seen[at]?.events ?? 0) < events) at++;
    const shown = seen[at];
    if (shown === undefined) break;
    delays.push(Math.max(0, shown.at - sentAt));
  }
  return delays.sort((one, other) => one - other);
}

/** Rows of the facts: counting them costs the engine nothing, and nothing is sent twice here. */
async function storedEvents(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.query(
    typedByUser('SELECT count() AS events FROM wxlive_store.events_store'),
    countRow,
  );
  return row?.events ?? 0;
}

/** Resolves when the count stands still. */
async function settled(warehouse: Warehouse): Promise<void> {
  let before = -1;
  for (let now = await storedEvents(warehouse); now !== before;) {
    before = now;
    await sleep(1_000);
    now = await storedEvents(warehouse);
  }
}

function serve(role: 'collector' | 'loader', port: number): ChildProcess {
  const profile = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`];
  const child = spawn(
    process.execPath,
    [
      ...profile,
      join(packageRoot(), 'dist', 'cli', 'main.js'),
      ...['serve', '--roles', role, '--port', String(port), '--data', dataDir],
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, KAFKA_BROKERS: kafka.brokers, WXLIVE_WRITE_KEYS: KEY },
    },
  );
  children.push(child);
  return child;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    if (child.exitCode !== null) throw new Error('wxlive serve ended');
    await sleep(50);
  }
}

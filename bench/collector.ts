/**
 * The collector: `node dist/bench/collector.js [--seconds N] [--connections N] [--batch N] [--rate EVENTS]`.
 * First alone (nothing is stored), then `wxlive serve` in embedded mode at full speed and at `--rate` events a second,
 * where an answer means that a query shows the events. Sender and server share the machine; processor seconds are told apart.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
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
import { cpuSecondsOf } from './watched-process.js';

const KEY = 'key-of-the-bench';
const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    batch: { type: 'string', default: '100' },
    rate: { type: 'string', default: '5000' },
    server: { type: 'boolean', default: false },
  },
});
const seconds = Number(flags.seconds);
const connections = Number(flags.connections);
const batch = Number(flags.batch);

interface Sent {
  readonly events: number;
  readonly seconds: number;
  readonly refused: number;
  /** Milliseconds from a request sent to its answer, ascending. */
  readonly latencies: readonly number[];
}

if (flags.server) await serveAlone();
else {
  await benchAlone();
  await benchEmbedded();
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
  console.log(server.url);
}

async function benchAlone(): Promise<void> {
  const child = spawn(process.execPath, [process.argv[1] ?? '', '--server'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    await sendAll(url, 2, 0);
    const before = cpuSecondsOf(child.pid ?? 0) ?? 0;
    const sent = await sendAll(url, seconds, 0);
    report('alone', sent, (cpuSecondsOf(child.pid ?? 0) ?? 0) - before, null);
  } finally {
    child.kill();
  }
}

async function benchEmbedded(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'wxlive-collector-'));
  const child = spawn(
    process.execPath,
    [
      join(packageRoot(), 'dist', 'cli', 'main.js'),
      'serve',
      '--roles',
      'collector',
      '--port',
      '18787',
      '--data',
      dataDir,
    ],
    { stdio: 'ignore', env: { ...process.env, WXLIVE_WRITE_KEYS: KEY } },
  );
  const url = 'http://127.0.0.1:18787';
  try {
    await ready(url, child);
    const engine = readAddress(engineFolder(dataDir))?.processId ?? 0;
    await sendAll(url, 3, 0);
    for (const [name, rate] of [
      ['embedded, full speed', 0],
      [`embedded, ${flags.rate}/s`, Number(flags.rate)],
    ] as const) {
      const [serverBefore, engineBefore] = [cpuSecondsOf(child.pid ?? 0) ?? 0, cpuSecondsOf(engine) ?? 0];
      const sent = await sendAll(url, seconds, rate);
      report(
        name,
        sent,
        (cpuSecondsOf(child.pid ?? 0) ?? 0) - serverBefore,
        (cpuSecondsOf(engine) ?? 0) - engineBefore,
      );
    }
  } finally {
    child.kill();
    await once(child, 'exit');
    while (existsSync(engineFolder(dataDir).alivePipe) && readAddress(engineFolder(dataDir)) === null)
      await sleep(50);
    await sleep(1_000);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    if (child.exitCode !== null) throw new Error('wxlive serve ended');
    await sleep(50);
  }
}

let next = 0;

/** Bodies of events that nobody has sent before. */
function makeBody(): string {
  const lines: string[] = [];
  const now = Date.now();
  for (let index = 0; index < batch; index++) {
    const n = next++;
    const person = String(n % 50_000).padStart(20, '0');
    lines.push(
      `{"event_id":"e${n}","event":"${n % 3 === 0 ? 'live_enter' : 'goods_click'}","time":${now - (n % 5_000)},"openid":"oAUTHORED${person}","room_id":"${1000 + (n % 20)}","platform":"miniprogram","scene":1047,"query":"utm_source=wechat_group&utm_medium=card&utm_campaign=double11&c=8hK2","props":{"goods_id":"g${n % 90}","position":${n % 12}}}`,
    );
  }
  return lines.join('\n');
}

/** Posts from many connections for `forSeconds`; `rate` events a second together, 0: as fast as answers come. */
async function sendAll(url: string, forSeconds: number, rate: number): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 * connections });
  const latencies: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  const endAt = startedAt + forSeconds * 1000;
  const send = async (): Promise<void> => {
    const body = makeBody();
    const sentAt = performance.now();
    const status = await post(url, agent, body);
    if (status === 200) latencies.push(performance.now() - sentAt);
    else refused++;
  };
  if (rate === 0) {
    const sender = async (): Promise<void> => {
      while (performance.now() < endAt) await send();
    };
    await Promise.all(Array.from({ length: connections }, sender));
  } else {
    // An open loop: a slow answer does not slow the next request down.
    const waiting: Promise<void>[] = [];
    const everyMs = (1000 * batch) / rate;
    for (let at = startedAt; at < endAt; at += everyMs) {
      const wait = at - performance.now();
      if (wait > 0) await sleep(wait);
      waiting.push(send());
    }
    await Promise.all(waiting);
  }
  agent.destroy();
  latencies.sort((one, other) => one - other);
  return {
    events: latencies.length * batch,
    seconds: (performance.now() - startedAt) / 1000,
    refused,
    latencies,
  };
}

async function post(url: string, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/events`,
      {
        agent,
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        response.resume().once('end', () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function report(name: string, sent: Sent, cpuSeconds: number, engineCpu: number | null): void {
  const at = (share: number): string =>
    `${(sent.latencies[Math.min(sent.latencies.length - 1, Math.floor(sent.latencies.length * share))] ?? 0).toFixed(0)} ms`;
  console.log(
    [
      `${name}: ${Math.round(sent.events / sent.seconds).toLocaleString('en')} events/s`,
      `${Math.round(sent.events / cpuSeconds).toLocaleString('en')} a processor second of the server`,
      ...(engineCpu === null ? [] : [`engine ${engineCpu.toFixed(1)} s of ${sent.seconds.toFixed(1)}`]),
      `answered p50 ${at(0.5)}, p99 ${at(0.99)}, refused ${sent.refused}`,
      `load ${loadavg()[0]?.toFixed(1)}`,
    ].join('; '),
  );
}

function nothing(): void {
  // The bench is not interested in lines.
}

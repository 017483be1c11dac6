import { connect } from 'node:net';
import {
  ApiKeys,
  Collector,
  createPseudonymizer,
  MetricsRegistry,
  PseudonymKey,
  Seal,
  SOURCES,
  type CollectorOptions,
  type Flush,
  type FlushReply,
  type FlushTarget,
} from '../../pipelines/index.js';
import type { Logger } from '../../schemas/index.js';
import {
  BodyReader,
  collectRoutes,
  healthRoute,
  metricsRoute,
  openServer,
  type BodyLimits,
  type CallbackSecrets,
  type RunningServer,
  type ServerLimits,
} from '../../web/index.js';

export const WRITE_KEY = 'write-key-of-tests';

export interface TestCollector {
  readonly server: RunningServer;
  readonly collector: Collector;
  readonly metrics: MetricsRegistry;
  /** Everything that was logged. */
  readonly log: readonly string[];
  readonly post: (
    path: string,
    body: string | Uint8Array,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  /** Sends bytes as they are; resolves with all that came back when the other side closed, or after `untilMs`. */
  readonly raw: (
    bytes: string | Uint8Array,
    options?: { end?: boolean; untilMs?: number },
  ) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface TestCollectorOptions {
  readonly target: FlushTarget;
  readonly collector?: Partial<Omit<CollectorOptions, 'target' | 'tools' | 'logger' | 'metrics'>>;
  readonly bodies?: Partial<BodyLimits>;
  readonly server?: Partial<ServerLimits>;
  readonly secrets?: Partial<CallbackSecrets>;
  readonly writeKeys?: string;
}

/** A collector behind a real port. */
export async function startCollector(options: TestCollectorOptions): Promise<TestCollector> {
  const key = PseudonymKey.parse('11'.repeat(32));
  if (!key.ok) throw new Error('the test has no key');
  const log: string[] = [];
  const line =
    (level: string): Logger['info'] =>
    (message, fields) => {
      log.push(JSON.stringify({ level, message, ...fields }));
    };
  const logger: Logger = {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
  };
  const metrics = new MetricsRegistry();
  const collector = new Collector({
    target: options.target,
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
    answerTimeoutMs: 10_000,
    mostWaitingRecords: 100_000,
    rowsPerSecond: 0,
    ...options.collector,
  });
  const bodies = new BodyReader({
    bodyBytes: 1_000_000,
    inflatedBytes: 4_000_000,
    allBytes: 50_000_000,
    ...options.bodies,
  });
  const server = await openServer({
    host: '127.0.0.1',
    port: 0,
    routes: [
      healthRoute(),
      metricsRoute(metrics),
      ...collectRoutes(
        { collector, writeKeys: ApiKeys.parse(options.writeKeys ?? `tests:${WRITE_KEY}`), bodies },
        { cssKey: null, wechat: null, wecom: null, ...options.secrets },
      ),
    ],
    logger,
    metrics,
    crossOrigin: { origins: ['https://other.example.org'], domains: ['example.com'] },
    ...(options.server === undefined ? {} : { limits: options.server }),
  });
  return {
    server,
    collector,
    metrics,
    log,
    post: (path, body, headers = {}) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${WRITE_KEY}`, ...headers },
      }),
    raw: (bytes, rawOptions) => sendRaw(server.url, bytes, rawOptions),
    async stop() {
      server.drain();
      await collector.stop();
      await server.close(500);
    },
  };
}

async function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  { end = false, untilMs = 3_000 }: { end?: boolean; untilMs?: number } = {},
): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    const timer = setTimeout(finish, untilMs);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', finish);
    socket.on('error', finish);
    if (end) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** Keeps what it is given in memory and knows an event by its id, like the warehouse. */
export class MemoryTarget implements FlushTarget {
  readonly visible = true;
  readonly flushes: Flush[] = [];
  readonly stored = new Map<string, number>();
  closed = false;
  /** Thrown once each, before anything is stored. */
  readonly failures: Error[] = [];
  /** Refused for good when a flush holds it. */
  poison: string | null = null;
  /** Awaited before a flush is stored. */
  gate: Promise<void> = Promise.resolve();

  async flush(flush: Flush): Promise<FlushReply> {
    await this.gate;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const ids = flush.records.map((record) => (record.kind === 'event' ? record.event_id : ''));
    if (this.poison !== null && ids.includes(this.poison)) throw new Error('refused');
    this.flushes.push(flush);
    const accepted = new Uint8Array(ids.length);
    ids.forEach((id, index) => {
      const times = this.stored.get(id) ?? 0;
      this.stored.set(id, times + 1);
      if (times === 0) accepted[index] = 1;
    });
    return { accepted };
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** One own event as JSON. */
export function eventJson(id: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    event_id: id,
    event: 'live_enter',
    time: Date.now(),
    openid: 'oAUTHORED0000000000000000001',
    room_id: '1003',
    ...more,
  });
}

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { KafkaBus } from '../../../pipelines/bus/kafka-bus.js';
import { KafkaClient, type KafkaSettings } from '../../../pipelines/bus/kafka-client.js';
import { KafkaLoader, type KafkaLoaderOptions } from '../../../pipelines/consume/kafka-loader.js';
import { MetricsRegistry } from '../../../pipelines/metrics/registry.js';
import { PseudonymKey } from '../../../pipelines/privacy/key.js';
import { Seal } from '../../../pipelines/privacy/seal.js';
import { NO_EVIDENCE, type CanonicalEvent, type Logger, type ViewerId } from '../../../schemas/index.js';
import { typedByUser } from '../../../sql/index.js';
import type { KafkaWorld } from './kafka-world.js';

/** A logger that keeps what was said. */
export function keepingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (message: string, fields?: object): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
    };
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export interface BenchOptions {
  readonly partitions?: number;
  readonly compression?: 'none' | 'gzip';
  /** Each event carries a text of so many characters. */
  readonly noteLength?: number;
}

/** Everything that one test of the loader needs, over topics of its own. */
export class KafkaBench {
  readonly logger = keepingLogger();
  readonly client: KafkaClient;
  readonly bus: KafkaBus;
  readonly partitions: number;
  readonly noteLength: number;
  private readonly loaders: KafkaLoader[] = [];
  metrics = new MetricsRegistry();

  constructor(
    readonly world: Pick<KafkaWorld, 'kafka' | 'warehouse' | 'dataDir'>,
    readonly prefix: string,
    options: BenchOptions,
  ) {
    this.partitions = options.partitions ?? 2;
    this.noteLength = options.noteLength ?? 0;
    this.client = new KafkaClient(this.settings(options.compression ?? 'gzip'), this.logger);
    this.bus = new KafkaBus(this.client.openProducer(), prefix);
  }

  settings(compression: 'none' | 'gzip' = 'gzip'): KafkaSettings {
    return { brokers: this.world.kafka.brokers.split(','), tls: null, sasl: null, compression };
  }

  get topics(): { prefix: string; partitions: number; replication: number; retentionMs: number } {
    return { prefix: this.prefix, partitions: this.partitions, replication: 1, retentionMs: 86_400_000 };
  }

  /** The topic of events that HTTP brings. */
  get topic(): string {
    return `${this.prefix}.events`;
  }

  get group(): string {
    return `${this.prefix}-loader`;
  }

  /** A loader, started, whose figures are counted from zero. */
  loader(options: Partial<KafkaLoaderOptions> = {}): KafkaLoader {
    this.metrics = new MetricsRegistry();
    const loader = new KafkaLoader({
      client: this.client,
      letters: this.bus,
      topics: this.topics,
      group: this.group,
      warehouse: this.world.warehouse,
      dataDir: this.world.dataDir,
      seal: testSeal(),
      metrics: this.metrics,
      logger: this.logger,
      flushIntervalMs: 50,
      flushRecords: 20_000,
      ...options,
    });
    this.loaders.push(loader);
    this.logger.lines.length = 0;
    loader.start();
    return loader;
  }

  /** A figure of the loader; 0 when it was never counted. */
  async figure(name: string): Promise<number> {
    const line = (await this.metrics.render()).split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  /** The last range of each partition of the events' topic that the warehouse remembers. */
  async ranges(): Promise<ReadonlyMap<number, { first: number; last: number; fingerprint: string }>> {
    const rows = await this.query(
      `SELECT partition, first_offset, last_offset, fingerprint FROM wxlive_store.kafka_offsets_ledger FINAL WHERE topic = '${this.topic}'`,
    );
    return new Map(
      rows.map((row) => [
        Number(row['partition']),
        {
          first: Number(row['first_offset']),
          last: Number(row['last_offset']),
          fingerprint: String(row['fingerprint']),
        },
      ]),
    );
  }

  /** How often each case of arrival was seen. */
  async arrivals(): Promise<Record<string, number>> {
    const text = await this.metrics.render();
    const found = text.matchAll(/wxlive_loader_arrivals_total\{case="(\w+)"\} (\d+)/gu);
    return Object.fromEntries([...found].map(([, name, value]) => [name ?? '', Number(value)]));
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    return this.world.warehouse.query(typedByUser(sql), z.record(z.string(), z.unknown()));
  }

  /** Events of this adapter and account that are visible. */
  async visible(account: string): Promise<{ rows: number; ids: number }> {
    const [row] = await this.query(
      `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids FROM wxlive.events WHERE account = '${account}'`,
    );
    return { rows: Number(row?.['rows']), ids: Number(row?.['ids']) };
  }

  async close(): Promise<void> {
    await Promise.all(this.loaders.map((loader) => loader.stop()));
    await this.bus.close();
    await this.client.close();
  }
}

export function testSeal(): Seal {
  const key = PseudonymKey.parse('5'.repeat(64));
  if (!key.ok) throw new Error('the key of the test is bad');
  return new Seal(key.value);
}

/** Events of one account, numbered; half a minute apart. */
export function events(account: string, from: number, count: number, noteLength = 0): CanonicalEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const at = 1_794_398_400_000 + number * 30;
    const viewer = `00000000-0000-4000-8000-${String(number % 997).padStart(12, '0')}` as ViewerId;
    return {
      kind: 'event',
      event_id: `e${number}`,
      account,
      platform: 'miniprogram',
      room_id: '1003',
      viewer_key: viewer,
      linked: [],
      event: 'live_enter',
      event_original: 'live_enter',
      event_time: at,
      stated_time: at,
      received_at: at,
      scene: 1047,
      evidence: { ...NO_EVIDENCE, utm_source: 'wechat_group', utm_campaign: 'double11' },
      referrer_viewer: null,
      goods_id: `g${number % 10}`,
      order_id: '',
      refund_id: '',
      amount_fen: null,
      watch_ms: null,
      props: noteLength === 0 ? { city: '上海' } : { note: randomBytes(noteLength).toString('base64') },
      adapter: 'events',
    };
  });
}

/** Rows of records that are each a row. */
export function ownRows(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index + 1);
}

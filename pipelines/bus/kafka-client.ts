import * as zlib from 'node:zlib';
import { promisify } from 'node:util';
import kafkajs, {
  CompressionTypes,
  Kafka,
  logLevel,
  type Admin,
  type Consumer,
  type EachBatchPayload,
  type KafkaConfig,
  type Producer,
  type SASLOptions,
} from 'kafkajs';
import type { Logger } from '../../schemas/index.js';
import { WarehouseError } from '../../sql/index.js';

// Of a CommonJS module node gives by name only what it recognises in its text.
const { CompressionCodecs, ConfigResourceTypes } = kafkajs;

/** How to reach the brokers. The only file that knows kafkajs: whoever exchanges the client exchanges this file. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** null: plain text. `ca`: PEM of an authority that the machine does not know. */
  readonly tls: { readonly ca: string | null } | null;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
  readonly compression: 'none' | 'gzip' | 'zstd';
}

export interface OutgoingMessage {
  readonly topic: string;
  /** Which partition: bucket mod partitions; the message's key. */
  readonly bucket: number;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingMessage {
  readonly offset: number;
  /** UTC ms, of the producer. */
  readonly timestamp: number;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset that the next message of the partition will get. */
  readonly highWatermark: number;
  readonly messages: readonly IncomingMessage[];
}

/** What a topic is made with, or should be. */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
}

export interface TopicState {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly retentionMs: number | null;
  readonly maxMessageBytes: number | null;
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Partitions of this member, at each assignment. */
  readonly onAssigned: (partitions: readonly { topic: string; partition: number }[]) => void;
  /** Resolves when the next batch may come; a long time is fine, the membership is kept meanwhile. */
  readonly onBatch: (batch: IncomingBatch) => Promise<void>;
  /** The consumer ended and does not come back by itself. */
  readonly onEnd: (reason: string) => void;
}

export interface RunningConsumer {
  seek(topic: string, partition: number, offset: number): void;
  /** Tells the brokers how far the group is, for whoever watches; nothing here relies on it. */
  commit(next: readonly { topic: string; partition: number; offset: number }[]): Promise<void>;
  stop(): Promise<void>;
}

const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_500;
const REQUEST_TIMEOUT_MS = 30_000;
const MOST_MESSAGE_BYTES = 64 * 2 ** 20;
const FETCH_BYTES = 16 * 2 ** 20;
const FETCH_PARTITION_BYTES = 2 * 2 ** 20;
const MESSAGE_TOO_LARGE = 'MESSAGE_TOO_LARGE';

/** A connection to the brokers. */
export class KafkaClient {
  private readonly kafka: Kafka;
  private admin: Promise<Admin> | null = null;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly logger: Logger,
  ) {
    registerCodecs();
    if (settings.compression === 'zstd' && zstd === null) {
      throw new TypeError('kafka_compression: zstd needs Node.js 22.15 or newer; use gzip');
    }
    this.kafka = new Kafka(this.config());
  }

  openProducer(): BusProducer {
    return new BusProducer(() => this.makeProducer(), compressionOf(this.settings));
  }

  /** Name of the cluster: offsets of one say nothing of another. */
  async clusterId(): Promise<string> {
    return (await (await this.openAdmin()).describeCluster()).clusterId;
  }

  /** Makes the topics that are missing; those that are there stay as they are. */
  async createTopics(plans: readonly TopicPlan[]): Promise<void> {
    const admin = await this.openAdmin();
    const known = new Set(await admin.listTopics());
    const missing = plans.filter(({ topic }) => !known.has(topic));
    if (missing.length === 0) return;
    await admin
      .createTopics({
        waitForLeaders: true,
        topics: missing.map((plan) => ({
          topic: plan.topic,
          numPartitions: plan.partitions,
          replicationFactor: plan.replication,
          configEntries: [
            { name: 'retention.ms', value: String(plan.retentionMs) },
            { name: 'max.message.bytes', value: String(plan.maxMessageBytes) },
            { name: 'cleanup.policy', value: 'delete' },
          ],
        })),
      })
      .catch((error: unknown) => {
        // Somebody else made them at the same moment.
        if (!/already exists/iu.test(textOf(error))) throw toTransient(error);
      });
  }

  /** Topics as the brokers have them; those that are missing are left out. */
  async describeTopics(topics: readonly string[]): Promise<readonly TopicState[]> {
    const admin = await this.openAdmin();
    const known = new Set(await admin.listTopics());
    const there = topics.filter((topic) => known.has(topic));
    if (there.length === 0) return [];
    const { topics: metadata } = await admin.fetchTopicMetadata({ topics: there });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: there.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: ['retention.ms', 'max.message.bytes'],
      })),
    });
    return metadata.map(({ name, partitions }) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      const number = (key: string): number | null => {
        const value = entries.find(({ configName }) => configName === key)?.configValue;
        return value === undefined ? null : Number(value);
      };
      return {
        topic: name,
        partitions: partitions.length,
        replication: partitions[0]?.replicas.length ?? 0,
        retentionMs: number('retention.ms'),
        maxMessageBytes: number('max.message.bytes'),
      };
    });
  }

  /** Of each partition: the first offset that is still there, and the one the next message will get. */
  async watermarks(topic: string): Promise<ReadonlyMap<number, { low: number; high: number }>> {
    const offsets = await (await this.openAdmin()).fetchTopicOffsets(topic);
    return new Map(
      offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]),
    );
  }

  /** Joins the group and hands batches over until it is stopped or cannot go on. */
  async consume(options: ConsumeOptions): Promise<RunningConsumer> {
    const consumer = this.kafka.consumer({
      groupId: options.group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: 2 * SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: FETCH_PARTITION_BYTES,
      maxWaitTimeInMs: 100,
      minBytes: 1,
      metadataMaxAge: 10_000,
      allowAutoTopicCreation: false,
      // Whoever asked for the consumer decides whether there is another try.
      retry: { retries: 3, initialRetryTime: 100, restartOnFailure: () => Promise.resolve(false) },
    });
    consumer.on('consumer.group_join', ({ payload }) => {
      options.onAssigned(
        Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
          partitions.map((partition) => ({ topic, partition })),
        ),
      );
    });
    consumer.on('consumer.crash', ({ payload }) => {
      options.onEnd(textOf(payload.error));
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 64,
        eachBatch: (payload) => handOver(payload, options.onBatch),
      });
    } catch (error) {
      await consumer.disconnect().catch(() => undefined);
      throw toTransient(error);
    }
    return runningConsumer(consumer);
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = null;
    await (await admin?.catch(() => null))?.disconnect();
  }

  private async openAdmin(): Promise<Admin> {
    this.admin ??= (async () => {
      const admin = this.kafka.admin({ retry: { retries: 3, initialRetryTime: 100 } });
      await admin.connect();
      return admin;
    })();
    try {
      return await this.admin;
    } catch (error) {
      this.admin = null;
      throw toTransient(error);
    }
  }

  private async makeProducer(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: 10_000,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000 },
      createPartitioner:
        () =>
        ({ message, partitionMetadata }) =>
          Number(String(message.key)) % partitionMetadata.length,
    });
    await producer.connect();
    return producer;
  }

  private config(): KafkaConfig {
    const { brokers, tls, sasl } = this.settings;
    return {
      clientId: 'wxlive',
      brokers: [...brokers],
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionTimeout: 3_000,
      logLevel: logLevel.WARN,
      // kafkajs calls a broker that is away an error; whether it is one, its caller tells.
      logCreator:
        () =>
        ({ log, level }) => {
          this.logger.debug('kafka', { level, reason: log.message });
        },
      ...(tls === null ? {} : { ssl: tls.ca === null ? true : { ca: [tls.ca] } }),
      ...(sasl === null ? {} : { sasl: signIn(sasl) }),
    };
  }
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

/** Sends messages; what was sent is on the disks of the brokers. */
export class BusProducer {
  private opened: Promise<Producer> | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly make: () => Promise<Producer>,
    private readonly compression: CompressionTypes,
  ) {}

  /** Resolves when every message is acknowledged by all brokers in sync; sends go one after the other. */
  send(messages: readonly OutgoingMessage[]): Promise<void> {
    const mine = this.turn.then(() => this.sendNow(messages));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  async close(): Promise<void> {
    await this.turn;
    const { opened } = this;
    this.opened = null;
    await (await opened?.catch(() => null))?.disconnect();
  }

  private async sendNow(messages: readonly OutgoingMessage[]): Promise<void> {
    const topics = new Map<string, { key: string; value: Buffer; headers: Record<string, string> }[]>();
    for (const { topic, bucket, value, headers } of messages) {
      const list = topics.get(topic) ?? [];
      topics.set(topic, list);
      list.push({ key: String(bucket), value, headers: { ...headers } });
    }
    try {
      this.opened ??= this.make();
      const producer = await this.opened;
      await producer.sendBatch({
        acks: -1,
        timeout: REQUEST_TIMEOUT_MS,
        compression: this.compression,
        topicMessages: [...topics].map(([topic, list]) => ({ topic, messages: list })),
      });
    } catch (error) {
      // Its numbers may be out of step with the broker's (codes 45, 46, 47): the next send begins with a new one.
      const broken = this.opened;
      this.opened = null;
      void broken?.then((producer) => producer.disconnect()).catch(() => undefined);
      throw toTransient(error);
    }
  }
}

async function handOver(payload: EachBatchPayload, onBatch: ConsumeOptions['onBatch']): Promise<void> {
  const { batch } = payload;
  const last = batch.messages.at(-1);
  if (last === undefined) return;
  const work = onBatch({
    topic: batch.topic,
    partition: batch.partition,
    highWatermark: Number(batch.highWatermark),
    messages: batch.messages.map(({ offset, timestamp, value, headers }) => ({
      offset: Number(offset),
      timestamp: Number(timestamp),
      value: value ?? Buffer.alloc(0),
      headers: textHeaders(headers),
    })),
  });
  let done = false;
  void work.finally(() => (done = true)).catch(() => undefined);
  const beats = setInterval(() => {
    if (!done && payload.isRunning()) payload.heartbeat().catch(() => undefined);
  }, HEARTBEAT_MS);
  try {
    await work;
  } finally {
    clearInterval(beats);
  }
  if (!payload.isStale()) payload.resolveOffset(last.offset);
  await payload.heartbeat();
}

function runningConsumer(consumer: Consumer): RunningConsumer {
  return {
    seek(topic, partition, offset) {
      consumer.seek({ topic, partition, offset: String(offset) });
    },
    async commit(next) {
      await consumer.commitOffsets(
        next.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      );
    },
    async stop() {
      await consumer.disconnect();
    },
  };
}

function textHeaders(
  headers: EachBatchPayload['batch']['messages'][number]['headers'],
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) texts[name] = String(Array.isArray(value) ? value[0] : value);
  }
  return texts;
}

function compressionOf({ compression }: KafkaSettings): CompressionTypes {
  if (compression === 'gzip') return CompressionTypes.GZIP;
  return compression === 'zstd' ? CompressionTypes.ZSTD : CompressionTypes.None;
}

type Transform = (bytes: Buffer) => Promise<Buffer>;

/** Node.js has zstd since 22.15, which the types of 20 do not know. */
const zstd = ((): { compress: Transform; decompress: Transform } | null => {
  const found: Readonly<Record<string, unknown>> = { ...zlib };
  const { zstdCompress, zstdDecompress } = found;
  if (typeof zstdCompress !== 'function' || typeof zstdDecompress !== 'function') return null;
  const promised =
    (work: (bytes: Buffer, done: (error: Error | null, result: Buffer) => void) => void): Transform =>
    (bytes) =>
      promisify(work)(bytes);
  return {
    compress: promised((bytes, done) => void Reflect.apply(zstdCompress, zlib, [bytes, done])),
    decompress: promised((bytes, done) => void Reflect.apply(zstdDecompress, zlib, [bytes, done])),
  };
})();

const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
let registered = false;

/** Level 1: of the same messages 9 makes a tenth less and takes six times as long. */
function registerCodecs(): void {
  if (registered) return;
  registered = true;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: { buffer: Buffer }) => gzip(encoder.buffer, { level: 1 }),
    decompress: (buffer: Buffer) => gunzip(buffer, { maxOutputLength: 8 * MOST_MESSAGE_BYTES }),
  });
  if (zstd === null) return;
  const { compress, decompress } = zstd;
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}

/** A broker that is away comes back; only what is too large for it never fits. */
function toTransient(error: unknown): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const large =
    typeof error === 'object' && error !== null && 'type' in error && error.type === MESSAGE_TOO_LARGE;
  return new WarehouseError(
    large
      ? 'a list is larger than its topic takes: raise max.message.bytes of the topic'
      : `Kafka did not take or give it (${textOf(error)}): check KAFKA_BROKERS and the brokers`,
    null,
    !large,
    { cause: error },
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Logger } from '../../schemas/index.js';
import { checkCompression } from './kafka-compression.js';
import { runConsumer } from './kafka-consumer.js';
import { asBrokerFailure, messageOf } from './kafka-failure.js';
import type { ConsumeOptions, RunningConsumer } from './kafka-messages.js';
import { BusProducer } from './kafka-producer.js';
import type { KafkajsLibrary } from './kafkajs-library.js';
import { openKafkajs, type KafkaSettings, type OpenedKafkajs } from './open-kafkajs.js';

export type { BusProducer } from './kafka-producer.js';
export type {
  ConsumeOptions,
  IncomingBatch,
  IncomingMessage,
  OutgoingMessage,
  RunningConsumer,
} from './kafka-messages.js';
export type { KafkaSettings } from './open-kafkajs.js';

/** So long after it was made a topic may have no leader. */
const LEADERS_MS = 10_000;
const LOOK_MS = 100;

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

interface OpenedAdmin {
  readonly admin: Admin;
  readonly kafkajs: KafkajsLibrary;
}

/**
 * A connection to the brokers. kafkajs stays behind this file and what it imports (kafkajs-library, open-kafkajs,
 * kafka-producer, kafka-consumer, kafka-compression, kafka-failure): whoever exchanges the client exchanges these.
 */
export class KafkaClient {
  private opened: Promise<OpenedKafkajs> | null = null;
  private admin: Promise<OpenedAdmin> | null = null;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly logger: Logger,
  ) {
    checkCompression(settings.compression);
  }

  openProducer(): BusProducer {
    return new BusProducer(() => this.open(), this.settings.compression);
  }

  /** Name of the cluster: offsets of one say nothing of another. */
  async clusterId(): Promise<string> {
    return (await (await this.openAdmin()).admin.describeCluster()).clusterId;
  }

  /** Makes the topics that are missing; those that are there stay as they are. */
  async createTopics(plans: readonly TopicPlan[]): Promise<void> {
    const { admin } = await this.openAdmin();
    const known = new Set(await admin.listTopics());
    const missing = plans.filter(({ topic }) => !known.has(topic));
    if (missing.length === 0) return;
    await admin
      .createTopics({
        waitForLeaders: false,
        topics: missing.map((plan) => ({
          topic: plan.topic,
          numPartitions: plan.partitions,
          replicationFactor: plan.replication,
          configEntries: [
            { name: 'retention.ms', value: String(plan.retentionMs) },
            { name: 'max.message.bytes', value: String(plan.maxMessageBytes) },
            { name: 'cleanup.policy', value: 'delete' },
            // Brokers that compress anew by lz4 or snappy would make what nobody here can read.
            { name: 'compression.type', value: 'producer' },
          ],
        })),
      })
      .catch((error: unknown) => {
        // Somebody else made them at the same moment.
        if (!/already exists/iu.test(messageOf(error))) throw asBrokerFailure(error);
      });
    await waitForLeaders(
      admin,
      missing.map(({ topic }) => topic),
    );
  }

  /** Topics as the brokers have them; those that are missing are left out. */
  async describeTopics(topics: readonly string[]): Promise<readonly TopicState[]> {
    const { admin, kafkajs } = await this.openAdmin();
    const known = new Set(await admin.listTopics());
    const there = topics.filter((topic) => known.has(topic));
    if (there.length === 0) return [];
    const { topics: metadata } = await admin.fetchTopicMetadata({ topics: there });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: there.map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
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
    const offsets = await (await this.openAdmin()).admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]),
    );
  }

  /** Joins the group and hands batches over until it is stopped or cannot go on. */
  async consume(options: ConsumeOptions): Promise<RunningConsumer> {
    const { kafka } = await this.open();
    return runConsumer(kafka, options);
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = null;
    await (await admin?.catch(() => null))?.admin.disconnect();
  }

  private open(): Promise<OpenedKafkajs> {
    this.opened ??= openKafkajs(this.settings, this.logger);
    return this.opened;
  }

  private async openAdmin(): Promise<OpenedAdmin> {
    this.admin ??= (async () => {
      const { kafka, kafkajs } = await this.open();
      const admin = kafka.admin({ retry: { retries: 3, initialRetryTime: 100 } });
      await admin.connect();
      return { admin, kafkajs };
    })();
    try {
      return await this.admin;
    } catch (error) {
      this.admin = null;
      throw asBrokerFailure(error);
    }
  }
}

/** Brokers may not know for a moment what has just been made; kafkajs takes the first such answer for a failure. */
async function waitForLeaders(admin: Admin, topics: string[]): Promise<void> {
  const deadline = performance.now() + LEADERS_MS;
  for (;;) {
    try {
      await admin.fetchTopicMetadata({ topics });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw asBrokerFailure(error);
      await sleep(LOOK_MS);
    }
  }
}

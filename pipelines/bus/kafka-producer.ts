import type { CompressionTypes, Message, Producer } from 'kafkajs';
import { compressionType, type KafkaCompression } from './kafka-compression.js';
import { asBrokerFailure } from './kafka-failure.js';
import type { OutgoingMessage } from './kafka-messages.js';
import { REQUEST_TIMEOUT_MS, type OpenedKafkajs } from './open-kafkajs.js';

interface OpenedProducer {
  readonly producer: Producer;
  readonly compression: CompressionTypes;
}

/** Sends messages; what was sent is on the disks of the brokers. */
export class BusProducer {
  private opened: Promise<OpenedProducer> | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly openKafka: () => Promise<OpenedKafkajs>,
    private readonly compression: KafkaCompression,
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
    await (await opened?.catch(() => null))?.producer.disconnect();
  }

  private async open(): Promise<OpenedProducer> {
    const { kafkajs, kafka } = await this.openKafka();
    const producer = kafka.producer({
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
    return { producer, compression: compressionType(kafkajs, this.compression) };
  }

  private async sendNow(messages: readonly OutgoingMessage[]): Promise<void> {
    const topics = new Map<string, Message[]>();
    for (const { topic, bucket, value, timestamp, headers } of messages) {
      const list = topics.get(topic) ?? [];
      topics.set(topic, list);
      list.push({
        key: String(bucket),
        value,
        headers: { ...headers },
        ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
      });
    }
    try {
      this.opened ??= this.open();
      const { producer, compression } = await this.opened;
      await producer.sendBatch({
        acks: -1,
        timeout: REQUEST_TIMEOUT_MS,
        compression,
        topicMessages: [...topics].map(([topic, list]) => ({ topic, messages: list })),
      });
    } catch (error) {
      // Its numbers may be out of step with the broker's (codes 45, 46, 47): the next send begins with a new one.
      const broken = this.opened;
      this.opened = null;
      void broken?.then(({ producer }) => producer.disconnect()).catch(() => undefined);
      throw asBrokerFailure(error);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';

const { Kafka: KafkaConstructor, logLevel } = kafkajs;

/** Somebody who works on the brokers with tools of their own: nothing here goes through wxlive's client. */
export class Operator {
  private readonly kafka: Kafka;
  private admin: Admin | null = null;

  constructor(brokers: string) {
    this.kafka = new KafkaConstructor({ brokers: [brokers], logLevel: logLevel.NOTHING });
  }

  /** Sets a group that has no members to an offset; null: to the beginning. */
  async rewind(group: string, topic: string, offsetOf: (partition: number) => number | null): Promise<void> {
    const admin = await this.open();
    const partitions = await admin.fetchTopicOffsets(topic);
    // kafkajs' own way (admin.setOffsets) waits five seconds for a fetch that nobody needs.
    const consumer = this.kafka.consumer({ groupId: group, maxWaitTimeInMs: 50 });
    const joined = new Promise<void>((resolve) => {
      consumer.on('consumer.group_join', () => {
        resolve();
      });
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: () => Promise.resolve(),
    });
    await joined;
    await consumer.commitOffsets(
      partitions.map(({ partition, low }) => ({
        topic,
        partition,
        offset: String(offsetOf(partition) ?? low),
      })),
    );
    await consumer.disconnect();
  }

  /** Deletes a topic and waits until it is gone. */
  async deleteTopic(topic: string): Promise<void> {
    const admin = await this.open();
    await admin.deleteTopics({ topics: [topic] });
    while ((await admin.listTopics()).includes(topic)) await sleep(50);
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    const admin = await this.open();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
    });
  }

  async addPartition(topic: string): Promise<number> {
    const admin = await this.open();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const count = (topics[0]?.partitions.length ?? 0) + 1;
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    return count;
  }

  /** As retention does: drops everything that a topic holds. */
  async dropMessages(topic: string): Promise<void> {
    const admin = await this.open();
    const partitions = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: partitions.map(({ partition, high }) => ({ partition, offset: high })),
    });
  }

  async high(topic: string): Promise<ReadonlyMap<number, number>> {
    const offsets = await (await this.open()).fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  async topics(prefix: string): Promise<readonly string[]> {
    return (await (await this.open()).listTopics()).filter((topic) => topic.startsWith(prefix));
  }

  /** Every message that topics hold, as bytes: key, headers, value. */
  async readAll(topics: readonly string[], take: (bytes: Buffer) => void): Promise<number> {
    const admin = await this.open();
    const ends = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (Number(high) > Number(low)) ends.set(`${topic} ${partition}`, Number(high));
      }
    }
    if (ends.size === 0) return 0;
    let read = 0;
    const consumer = this.kafka.consumer({ groupId: `reader-${process.pid}-${performance.now()}` });
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        reject(payload.error);
      });
      consumer
        .run({
          eachBatch: ({ batch }) => {
            const key = `${batch.topic} ${batch.partition}`;
            for (const { key: bucket, headers, value, offset } of batch.messages) {
              const words = Object.entries(headers ?? {}).map(([name, text]) => `${name}=${String(text)}`);
              take(
                Buffer.concat([
                  bucket ?? Buffer.alloc(0),
                  Buffer.from(words.join('\n')),
                  value ?? Buffer.alloc(0),
                ]),
              );
              read++;
              if (Number(offset) + 1 >= (ends.get(key) ?? 0)) ends.delete(key);
            }
            if (ends.size === 0) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return read;
  }

  async close(): Promise<void> {
    await this.admin?.disconnect().catch(() => undefined);
    this.admin = null;
  }

  /** After a broker was killed the old connection is of no use. */
  private async open(): Promise<Admin> {
    if (this.admin === null) {
      const admin = this.kafka.admin({ retry: { retries: 10 } });
      await admin.connect();
      this.admin = admin;
    }
    return this.admin;
  }
}

import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { asBrokerFailure, messageOf } from './kafka-failure.js';
import type { ConsumeOptions, RunningConsumer } from './kafka-messages.js';

const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_500;
const FETCH_BYTES = 16 * 2 ** 20;
const FETCH_PARTITION_BYTES = 2 * 2 ** 20;

/** Joins the group and hands batches over until it is stopped or cannot go on. */
export async function runConsumer(kafka: Kafka, options: ConsumeOptions): Promise<RunningConsumer> {
  const consumer = kafka.consumer({
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
    options.onEnd(messageOf(payload.error));
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
    throw asBrokerFailure(error);
  }
  return runningConsumer(consumer);
}

async function handOver(payload: EachBatchPayload, onBatch: ConsumeOptions['onBatch']): Promise<void> {
  const { batch } = payload;
  const last = batch.messages.at(-1);
  if (last === undefined) return;
  const work = onBatch({
    topic: batch.topic,
    partition: batch.partition,
    from: askedFrom(batch),
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

/** kafkajs knows it, its types do not. */
function askedFrom(batch: EachBatchPayload['batch']): number {
  const asked = Number(Reflect.get(batch, 'fetchedOffset') ?? Number.NaN);
  if (!Number.isSafeInteger(asked)) throw new TypeError('kafkajs no longer tells from where on it fetched');
  return asked;
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

import type { KafkaClient, TopicPlan } from './kafka-client.js';
import { LANES, topicName } from './lanes.js';

export interface TopicSettings {
  readonly prefix: string;
  readonly partitions: number;
  readonly replication: number;
  readonly retentionMs: number;
}

/** Partitions of topics through which little comes. */
const SMALL_PARTITIONS = 6;
const MESSAGE_BYTES = 16 * 2 ** 20;
/** A watch list is one message. */
const LIST_BYTES = 64 * 2 ** 20;

/** The topics as wxlive makes them. */
export function topicPlans(settings: TopicSettings): readonly TopicPlan[] {
  return LANES.map((lane) => ({
    topic: topicName(settings.prefix, lane),
    partitions:
      lane === 'events' || lane === 'import'
        ? settings.partitions
        : Math.min(SMALL_PARTITIONS, settings.partitions),
    replication: settings.replication,
    retentionMs: settings.retentionMs,
    maxMessageBytes: lane === 'attendance' ? LIST_BYTES : MESSAGE_BYTES,
  }));
}

/** What differs between the topics as they are and as they should be: `missing`, or the settings that differ. */
export interface TopicFault {
  readonly topic: string;
  readonly fault: 'missing' | 'partitions' | 'retention' | 'message_bytes';
  readonly found: number | null;
  readonly wanted: number;
}

/** Holds the topics against their plans. More partitions, longer retention and larger messages than planned are fine. */
export async function checkTopics(
  client: KafkaClient,
  plans: readonly TopicPlan[],
): Promise<readonly TopicFault[]> {
  const states = await client.describeTopics(plans.map(({ topic }) => topic));
  return plans.flatMap((plan): TopicFault[] => {
    const { topic } = plan;
    const state = states.find((one) => one.topic === topic);
    if (state === undefined) return [{ topic, fault: 'missing', found: null, wanted: plan.partitions }];
    const faults: TopicFault[] = [];
    if (state.partitions < plan.partitions) {
      faults.push({ topic, fault: 'partitions', found: state.partitions, wanted: plan.partitions });
    }
    // -1: kept for ever.
    if (state.retentionMs !== null && state.retentionMs >= 0 && state.retentionMs < plan.retentionMs) {
      faults.push({ topic, fault: 'retention', found: state.retentionMs, wanted: plan.retentionMs });
    }
    if (state.maxMessageBytes !== null && state.maxMessageBytes < plan.maxMessageBytes) {
      faults.push({
        topic,
        fault: 'message_bytes',
        found: state.maxMessageBytes,
        wanted: plan.maxMessageBytes,
      });
    }
    return faults;
  });
}

/** Makes the topics that are missing. */
export async function createTopicsOf(client: KafkaClient, settings: TopicSettings): Promise<void> {
  await client.createTopics(topicPlans(settings));
}

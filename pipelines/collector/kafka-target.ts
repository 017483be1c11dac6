import { DEFAULT_ACCOUNT } from '../../schemas/index.js';
import type { KafkaBus } from '../bus/kafka-bus.js';
import type { FlushTarget } from './flush.js';

/** With Kafka: a flush is durable when the brokers have it; a loader brings it into the warehouse. */
export function openKafkaTarget(bus: KafkaBus): FlushTarget {
  return {
    visible: false,
    async flush({ adapter, route, startedAt, records, recordRows, rejects }) {
      const origin = { batchId: '', adapter, account: DEFAULT_ACCOUNT, receivedAt: startedAt, route };
      await bus.publishRejects(origin, rejects, 'collect');
      if (records.length === 0) return { accepted: new Uint8Array(0) };
      return {
        accepted: await bus.publishLive({ adapter, route, records, recordRows, receivedAt: startedAt }),
      };
    },
    close: () => bus.close(),
  };
}

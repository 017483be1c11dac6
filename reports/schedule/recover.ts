import { deliveryText, type Delivery } from '../ledger/delivery.js';
import { MINUTE_MS, type SchedulerTools } from './scheduler-tools.js';

/** A command that sends again is given so long before it is taken for dead. */
const COMMAND_MS = 30 * MINUTE_MS;

/**
 * What a scheduler that is gone left in `sending`. Where the channel can tell (a folder, an object storage) it is tried
 * again; where it cannot, it is uncertain from now on, and only a person sends it again.
 */
export async function recoverBroken(
  tools: SchedulerTools,
  deliveries: readonly Delivery[],
  term: number,
): Promise<readonly Delivery[]> {
  const now = tools.clock.now();
  const after = new Map(deliveries.map((one) => [deliveryText(one), one]));
  for (const delivery of deliveries) {
    if (delivery.state !== 'sending') continue;
    if (delivery.term === 0 && now - delivery.writtenAt < COMMAND_MS) continue;
    const repeatable = tools.channels.get(delivery.channel)?.repeatable === true;
    const written = await tools.ledger.advance(
      delivery,
      repeatable
        ? { state: 'waiting', detail: 'broken off, tried again', nextAt: now }
        : { state: 'uncertain', detail: 'broken off between the last byte and the answer' },
      term,
    );
    if (written === null) continue;
    after.set(deliveryText(delivery), written);
    if (!repeatable)
      tools.logger.error('nobody knows whether a delivery arrived; see wxlive report due', {
        report: delivery.report,
        channel: delivery.channel,
      });
  }
  return [...after.values()];
}

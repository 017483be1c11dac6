import { fail, succeed, type Outcome, type ReportDefinition } from '../../schemas/index.js';
import type { Delivery } from '../ledger/delivery.js';
import type { SchedulerTools } from './scheduler-tools.js';
import { sendDelivery } from './send-delivery.js';

/** Why a delivery cannot be sent again. */
export type ResendFailure = 'not_settled' | 'delivered' | 'no_recipient' | 'outbox_gone' | 'taken';

/**
 * Sends a delivery again by a person's word: what was frozen, under the same Message-ID, from the message on that may
 * not have arrived. One that was never frozen (its password was missing) is planned again for the scheduler.
 */
export async function resendDelivery(
  tools: SchedulerTools,
  definition: ReportDefinition | undefined,
  delivery: Delivery,
): Promise<Outcome<Delivery, ResendFailure>> {
  if (delivery.state === 'delivered') return fail('delivered');
  if (delivery.state !== 'uncertain' && delivery.state !== 'failed') return fail('not_settled');
  const recipient = definition?.recipients.find(({ name }) => name === delivery.recipient);
  if (definition === undefined || recipient === undefined) return fail('no_recipient');
  const frozen = await tools.outbox.find(delivery, delivery.recipient);
  if (frozen === null) {
    if (delivery.messageId !== '') return fail('outbox_gone');
    const change = { state: 'planned', frozen: false, attempts: 0, nextAt: tools.clock.now() } as const;
    const planned = await tools.ledger.advance(delivery, change, 0);
    return planned === null ? fail('taken') : succeed(planned);
  }
  const sent = await sendDelivery(tools, { definition, recipient, frozen, term: 0 }, delivery);
  return sent === null ? fail('taken') : succeed(sent);
}

import { createHash } from 'node:crypto';
import type { RecipientDefinition, ReportDefinition } from '../../schemas/index.js';
import { ClaimLost, type SendResult } from '../delivery/channel.js';
import { deliveryText, type Delivery, type DeliveryKey, type Standing } from '../ledger/delivery.js';
import type { Frozen } from '../ledger/outbox.js';
import { givesUp, pauseAfter } from './retry-rule.js';
import type { SchedulerTools } from './scheduler-tools.js';

export interface Sending {
  readonly definition: Pick<ReportDefinition, 'name' | 'delivery'>;
  readonly recipient: RecipientDefinition;
  readonly frozen: Frozen;
  /** 0: a person's command. */
  readonly term: number;
}

type SendTools = Pick<
  SchedulerTools,
  'clock' | 'logger' | 'ledger' | 'outbox' | 'channels' | 'messageDomain'
>;

/**
 * One attempt to send what is frozen. The outcome is in the ledger when it returns; null when another writer took the
 * delivery. Throws when the outcome could not be written: then the ledger says `sending`, and the next look decides.
 */
export async function sendDelivery(
  tools: SendTools,
  sending: Sending,
  delivery: Delivery,
): Promise<Delivery | null> {
  const channel = tools.channels.get(delivery.channel);
  if (channel === undefined)
    return settle(tools, delivery, { state: 'failed', detail: 'no such channel' }, sending.term);
  const messageId =
    delivery.messageId === '' ? messageIdOf(delivery, tools.messageDomain) : delivery.messageId;
  let current = delivery;
  const claim = async (step: number): Promise<void> => {
    const attempts = current.state === 'sending' ? current.attempts : current.attempts + 1;
    const claimed = await tools.ledger.advance(
      current,
      { state: 'sending', step, messageId, attempts },
      sending.term,
    );
    if (claimed === null) throw new ClaimLost();
    current = claimed;
  };
  let result: SendResult;
  try {
    result = await channel.send({
      key: delivery,
      definition: sending.definition,
      recipient: sending.recipient,
      frozen: sending.frozen,
      messageId,
      step: delivery.step,
      read: (file) => tools.outbox.read(delivery, delivery.recipient, file),
      claim,
    });
  } catch (error) {
    if (error instanceof ClaimLost) return null;
    const detail = `the attempt broke off (${error instanceof Error ? error.name : 'error'})`;
    const open = current.state === 'sending' && !channel.repeatable;
    result = open ? { kind: 'unknown', detail } : { kind: 'later', detail };
  }
  return settle(tools, current, changeOf(result, current, tools.clock.now()), sending.term);
}

/** Always the same for a delivery, whoever sends it. */
export function messageIdOf(key: DeliveryKey, domain: string): string {
  return `<${createHash('sha256').update(deliveryText(key)).digest('hex').slice(0, 40)}@${domain}>`;
}

function changeOf(result: SendResult, current: Delivery, now: number): Partial<Standing> {
  const step = ('step' in result ? result.step : undefined) ?? current.step;
  const { detail } = result;
  switch (result.kind) {
    case 'delivered':
      return { state: 'delivered', detail };
    case 'refused':
      return { state: 'failed', detail, step };
    case 'unknown':
      return { state: 'uncertain', detail, step };
    case 'later': {
      // a claim has counted the attempt; one that failed before counts now, one that only waited its turn never
      const counted = current.state === 'sending' || result.attempted === false;
      const attempts = current.attempts + (counted ? 0 : 1);
      if (givesUp(attempts)) return { state: 'failed', detail: `given up: ${detail}`, step, attempts };
      const pause = result.attempted === false ? 0 : pauseAfter(attempts);
      return { state: 'waiting', detail, step, attempts, nextAt: now + Math.max(pause, result.afterMs ?? 0) };
    }
  }
}

/** Writes an outcome; over what another scheduler wrote meanwhile, since who sent it knows. */
async function settle(
  tools: SendTools,
  current: Delivery,
  change: Partial<Standing>,
  term: number,
): Promise<Delivery | null> {
  const written = await tools.ledger.advance(current, change, term);
  tell(tools, current, change);
  if (written !== null || current.state !== 'sending') return written;
  const all = await tools.ledger.deliveries(current.scheduledAt);
  const latest = all.find((one) => deliveryText(one) === deliveryText(current));
  if (latest === undefined || latest.state === 'delivered') return null;
  return tools.ledger.advance(latest, change, term);
}

function tell(tools: SendTools, { report, channel }: Delivery, { state, detail }: Partial<Standing>): void {
  const fields = { report, channel, detail: detail ?? '' };
  if (state === 'delivered') tools.logger.info('delivered', fields);
  if (state === 'waiting') tools.logger.warn('not delivered yet', fields);
  if (state === 'failed') tools.logger.error('a delivery failed', fields);
  if (state === 'uncertain')
    tools.logger.error('nobody knows whether a delivery arrived; see wxlive report due', fields);
}

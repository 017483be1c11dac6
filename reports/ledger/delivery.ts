import type { Channel } from '../../schemas/index.js';

/** One issue of a scheduled report. */
export interface RunKey {
  /** Name of the definition. */
  readonly report: string;
  /** UTC ms. */
  readonly scheduledAt: number;
  /** 0: the first; then each correction. */
  readonly issue: number;
}

/** One issue for one recipient by one channel. */
export interface DeliveryKey extends RunKey {
  readonly recipient: string;
  readonly channel: Channel;
}

export const DELIVERY_STATES = [
  'planned',
  'waiting',
  'rendering',
  'sending',
  'delivered',
  'failed',
  'uncertain',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** How a delivery stands. */
export interface Standing {
  readonly state: DeliveryState;
  /** What is sent lies encrypted in the outbox; it is never made anew after a first byte may have left. */
  readonly frozen: boolean;
  /** Messages of this delivery that arrived for certain (a robot gets several). */
  readonly step: number;
  /** Times it was tried to send. */
  readonly attempts: number;
  /** Not to be tried before; UTC ms. */
  readonly nextAt: number;
  readonly messageId: string;
  /** Why, without personal data. */
  readonly detail: string;
}

export interface Delivery extends DeliveryKey, Standing {
  /** Counts its states; 0: not in the ledger yet. */
  readonly version: number;
  /** Term of the scheduler that wrote the state; 0: a person's command. */
  readonly term: number;
  readonly writtenAt: number;
}

/** A delivery nobody has seen yet. */
export function newDelivery(key: DeliveryKey): Delivery {
  return {
    ...key,
    state: 'planned',
    frozen: false,
    step: 0,
    attempts: 0,
    nextAt: key.scheduledAt,
    messageId: '',
    detail: '',
    version: 0,
    term: 0,
    writtenAt: 0,
  };
}

/** Done, for better or worse: nothing happens by itself any more. */
export function isSettled({ state }: Pick<Delivery, 'state'>): boolean {
  return state === 'delivered' || state === 'failed' || state === 'uncertain';
}

/** One text a run, for maps. */
export function runText({ report, scheduledAt, issue }: RunKey): string {
  return `${report}@${String(scheduledAt)}#${String(issue)}`;
}

/** One text a delivery, for maps. */
export function deliveryText(key: DeliveryKey): string {
  return `${runText(key)}>${key.channel}>${key.recipient}`;
}

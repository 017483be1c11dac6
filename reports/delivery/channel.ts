import type { Readable } from 'node:stream';
import type { Channel, RecipientDefinition, ReportDefinition, SecretSource } from '../../schemas/index.js';
import type { DeliveryKey } from '../ledger/delivery.js';
import type { Frozen, FrozenFile } from '../ledger/outbox.js';

/** One delivery as a channel sees it. */
export interface Shipment {
  readonly key: DeliveryKey;
  readonly definition: Pick<ReportDefinition, 'name' | 'delivery'>;
  readonly recipient: RecipientDefinition;
  readonly frozen: Frozen;
  /** The same at every attempt. */
  readonly messageId: string;
  /** Messages of this delivery that arrived already. */
  readonly step: number;
  /** A new stream of the encrypted bytes of a file. */
  read(file: FrozenFile): Readable;
  /**
   * Writes `sending` with the messages that arrived so far; to be called before the last byte of what cannot be taken
   * back. Throws ClaimLost when another scheduler was first: nothing more may be sent then.
   */
  claim(step: number): Promise<void>;
}

/** How an attempt ended. */
export type SendResult =
  /** `detail`: where it lies. */
  | { readonly kind: 'delivered'; readonly detail: string }
  /** For certain not there; worth another try. */
  | {
      readonly kind: 'later';
      readonly detail: string;
      /** Not before so many milliseconds. */
      readonly afterMs?: number;
      /** False: nothing was tried, it only had to wait its turn. */
      readonly attempted?: false;
      /** Messages that arrived by now. */
      readonly step?: number;
    }
  /** For certain not there, and another try would end the same way. */
  | { readonly kind: 'refused'; readonly detail: string; readonly step?: number }
  /** It may be there or not; only a person may send it again. */
  | { readonly kind: 'unknown'; readonly detail: string; readonly step?: number };

/** A way out of the house. */
export interface DeliveryChannel {
  readonly name: Channel;
  /** Sending the same again changes nothing (by name and content), so a broken send is just repeated. */
  readonly repeatable: boolean;
  send(shipment: Shipment): Promise<SendResult>;
}

/** Reads a secret by its source; null when it is not there. `owner` names it in a file of many. */
export type SecretReader = (source: SecretSource, owner: string) => string | null;

/** Another scheduler writes this delivery. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
  constructor() {
    super('another scheduler sends this delivery');
  }
}

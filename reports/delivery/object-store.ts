import type { Outcome } from '../../schemas/index.js';
import type { FrozenFile } from '../ledger/outbox.js';
import type { DeliveryChannel, Shipment } from './channel.js';

/** Puts encrypted files into a bucket and makes links to them. */
export interface ObjectStore {
  /** Stores a file under its name, once by name and content; the object's key, or why not for now. */
  put(shipment: Shipment, file: FrozenFile): Promise<Outcome<string, string>>;
  /** The same, and a link that opens it for a time. */
  share(shipment: Shipment, file: FrozenFile): Promise<Outcome<string, string>>;
  close(): void;
}

/** Stores the files of a delivery. */
export function objectStorageChannel(store: ObjectStore | null): DeliveryChannel {
  return {
    name: 's3',
    repeatable: true,
    async send(shipment) {
      if (store === null)
        return { kind: 'refused', detail: 's3_bucket and its keys are not in the settings' };
      await shipment.claim(shipment.step);
      const keys: string[] = [];
      for (const file of shipment.frozen.files) {
        const stored = await store.put(shipment, file);
        if (!stored.ok) return { kind: 'later', detail: stored.failure };
        keys.push(stored.value);
      }
      return { kind: 'delivered', detail: keys.join(', ') };
    },
  };
}

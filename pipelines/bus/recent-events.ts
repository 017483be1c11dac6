import type { CanonicalRecord } from '../../schemas/index.js';

const GENERATION_EVENTS = 200_000;
const GENERATION_MS = 300_000;

/** Which events were taken in the last minutes, for the answer to their sender; what is true stands in `batches`. */
export class RecentEvents {
  private young = new Set<string>();
  private old = new Set<string>();
  private since = Date.now();

  /** Remembers events; 0 for one that is remembered already, 1 for everything else. */
  take(records: readonly CanonicalRecord[]): Uint8Array {
    const fresh = new Uint8Array(records.length).fill(1);
    records.forEach((record, index) => {
      if (record.kind !== 'event') return;
      const id = `${record.account}\u0000${record.adapter}\u0000${record.event_id}`;
      if (this.young.has(id) || this.old.has(id)) fresh[index] = 0;
      else this.young.add(id);
    });
    if (this.young.size >= GENERATION_EVENTS || Date.now() - this.since > GENERATION_MS) {
      this.old = this.young;
      this.young = new Set();
      this.since = Date.now();
    }
    return fresh;
  }
}

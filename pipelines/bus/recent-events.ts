import type { CanonicalRecord } from '../../schemas/index.js';

const GENERATION_EVENTS = 200_000;
const GENERATION_MS = 300_000;

/** Which events were taken in the last minutes, for the answer to their sender; what is true stands in `batches`. */
export class RecentEvents {
  private young: KeySet;
  private old: KeySet;
  private since = Date.now();

  /** @param generation so many at least are remembered, twice as many at most */
  constructor(private readonly generation = GENERATION_EVENTS) {
    this.young = new KeySet(generation);
    this.old = new KeySet(generation);
  }

  /** Remembers events; 0 for one that is remembered already, 1 for everything else. */
  take(records: readonly CanonicalRecord[]): Uint8Array {
    const fresh = new Uint8Array(records.length).fill(1);
    for (let index = 0; index < records.length; index++) {
      const record = records[index];
      if (record?.kind !== 'event') continue;
      if (this.young.size >= this.generation || Date.now() - this.since > GENERATION_MS) this.turn();
      const [first, second] = hashOf(record.account, record.adapter, record.event_id);
      if (this.old.has(first, second) || !this.young.add(first, second)) fresh[index] = 0;
    }
    return fresh;
  }

  private turn(): void {
    [this.old, this.young] = [this.young, this.old];
    this.young.clear();
    this.since = Date.now();
  }
}

/** Keys by 64 bits of their hash: as texts they would be half the memory of a collector, and most of its collections. */
class KeySet {
  size = 0;
  private readonly mask: number;
  private readonly words: Int32Array;

  constructor(most: number) {
    // Half full at most.
    let slots = 1_024;
    while (slots < 2 * most) slots *= 2;
    this.mask = slots - 1;
    this.words = new Int32Array(2 * slots);
  }

  has(first: number, second: number): boolean {
    return this.words[this.slotOf(first, second) + 1] !== 0;
  }

  /** false: it was there. */
  add(first: number, second: number): boolean {
    const slot = this.slotOf(first, second);
    if (this.words[slot + 1] !== 0) return false;
    this.words[slot] = first;
    this.words[slot + 1] = second;
    this.size++;
    return true;
  }

  clear(): void {
    if (this.size > 0) this.words.fill(0);
    this.size = 0;
  }

  private slotOf(first: number, second: number): number {
    const { words, mask } = this;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      if (words[2 * slot + 1] === 0 || (words[2 * slot] === first && words[2 * slot + 1] === second)) {
        return 2 * slot;
      }
    }
  }
}

/** Two 32-bit hashes (FNV-1a, and another multiplier) of the texts; the second is never 0, which marks a free slot. */
function hashOf(...texts: readonly string[]): readonly [number, number] {
  let first = 0x811c9dc5 | 0;
  let second = 0x9747b28c | 0;
  for (const text of texts) {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x5bd1e995) ^ (second >>> 15);
    }
    // Between texts: where one ends and the next begins counts.
    first = Math.imul(first ^ 0x1ffff, 0x01000193);
    second = Math.imul(second ^ 0x1ffff, 0x5bd1e995);
  }
  // FNV's low bits alone do not spread well over slots.
  first = Math.imul(first ^ (first >>> 16), 0x85ebca6b);
  return [first ^ (first >>> 13), second === 0 ? 1 : second];
}

import { hashPartOf, statedMsOf } from '../event-key.js';

/** What was accepted under a key. */
export interface KnownEvent {
  readonly statedMs: number;
  /** 0: not known. */
  readonly content: number;
}

/** Keys that are taken, by their hash, with what was accepted first: 30 bytes a key. */
export class KnownKeys {
  private readonly mask: number;
  private readonly words: Uint32Array;
  private readonly statedMs: Float64Array;
  private readonly contents: Float64Array;
  private readonly taken: Uint8Array;

  /** @param most keys that will be added at most */
  constructor(most: number) {
    let slots = 1_024;
    while (slots < most * 2) slots *= 2;
    this.mask = slots - 1;
    this.words = new Uint32Array(slots * 3);
    this.statedMs = new Float64Array(slots);
    this.contents = new Float64Array(slots);
    this.taken = new Uint8Array(slots);
  }

  /** The event that is known under the hash of this key; null when it is free. */
  find(keys: Uint32Array, at: number): KnownEvent | null {
    const slot = this.slotOf(keys, at);
    if (this.taken[slot] === 0) return null;
    return { statedMs: this.statedMs[slot] ?? 0, content: this.contents[slot] ?? 0 };
  }

  /** Takes the key; what was known under it is replaced. */
  set(keys: Uint32Array, at: number, statedMs: number, content: number): void {
    this.write(this.slotOf(keys, at), keys, at, statedMs, content);
  }

  /** Takes the key when it is free, and says whether it was. */
  take(keys: Uint32Array, at: number, content: number): boolean {
    const slot = this.slotOf(keys, at);
    if (this.taken[slot] === 1) return false;
    this.write(slot, keys, at, statedMsOf(keys, at), content);
    return true;
  }

  private write(slot: number, keys: Uint32Array, at: number, statedMs: number, content: number): void {
    this.taken[slot] = 1;
    this.words[slot * 3] = keys[at] ?? 0;
    this.words[slot * 3 + 1] = keys[at + 1] ?? 0;
    this.words[slot * 3 + 2] = hashPartOf(keys[at + 2] ?? 0);
    this.statedMs[slot] = statedMs;
    this.contents[slot] = content;
  }

  /** Where the key stands or would stand. */
  private slotOf(keys: Uint32Array, at: number): number {
    const first = keys[at] ?? 0;
    const second = keys[at + 1] ?? 0;
    const third = hashPartOf(keys[at + 2] ?? 0);
    const { words, taken, mask } = this;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      if (taken[slot] === 0) return slot;
      if (words[slot * 3] === first && words[slot * 3 + 1] === second && words[slot * 3 + 2] === third)
        return slot;
    }
  }
}

import type { LinkedId, ViewerId } from '../../schemas/index.js';
import { writeIdWords } from '../identity/id-words.js';
import { KINDS } from '../identity/link-identities.js';

/** The pseudonyms that a part of a batch names, and which of them its records link: plain memory, to change threads. */
export interface People {
  /** Four words each, all different. */
  readonly ids: Uint32Array;
  /** Numbers among `ids`, link by link. */
  readonly members: Uint32Array;
  /** What each member is, as the code of its kind. */
  readonly kinds: Uint8Array;
  /** Where each link ends in `members`. */
  readonly ends: Uint32Array;
  /** The record that each link is of. */
  readonly records: Uint32Array;
}

/** Collects the people of records. */
export class PeopleBuilder {
  private readonly numbers = new Map<ViewerId, number>();
  /** Four words each. */
  ids = new Uint32Array(1 << 12);
  private members: number[] = [];
  private kinds: number[] = [];
  private ends: number[] = [];
  private records: number[] = [];
  /** Records of one person share one list as a rule, and what it says is said once. */
  private readonly told = new WeakSet<readonly LinkedId[]>();

  /** The number of a pseudonym. */
  numberOf(id: ViewerId): number {
    let number = this.numbers.get(id);
    if (number !== undefined) return number;
    number = this.numbers.size;
    this.numbers.set(id, number);
    if (this.ids.length < (number + 1) * 4) {
      const larger = new Uint32Array(this.ids.length * 2);
      larger.set(this.ids);
      this.ids = larger;
    }
    writeIdWords(this.ids, number * 4, id);
    return number;
  }

  /** Ids that a record gave together. */
  link(linked: readonly LinkedId[], record: number): void {
    if (linked.length < 2 || this.told.has(linked)) return;
    this.told.add(linked);
    for (const { member, kind } of linked) {
      this.members.push(this.numberOf(member));
      this.kinds.push(KINDS.indexOf(kind) + 1);
    }
    this.ends.push(this.members.length);
    this.records.push(record);
  }

  /** Who was named since the last call. */
  take(): People {
    const people = {
      ids: this.ids.slice(0, this.numbers.size * 4),
      members: Uint32Array.from(this.members),
      kinds: Uint8Array.from(this.kinds),
      ends: Uint32Array.from(this.ends),
      records: Uint32Array.from(this.records),
    };
    this.numbers.clear();
    this.members = [];
    this.kinds = [];
    this.ends = [];
    this.records = [];
    return people;
  }
}

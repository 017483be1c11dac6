import type { LinkedId, ViewerId } from '../../schemas/index.js';
import { IdTable } from './id-table.js';
import { isIdBefore, readIdWords, writeIdWords } from './id-words.js';

/** A member of a group of linked ids. */
export interface Member {
  readonly member: ViewerId;
  readonly viewer: ViewerId;
  readonly kind: LinkedId['kind'];
}

export interface LinkConflict {
  readonly linked: readonly LinkedId[];
  readonly reason: 'two_unionids' | 'group_too_large';
}

/** More ids than one person has; such a group is a shared device or a test account. */
export const MAX_GROUP = 16;

/** Kinds of linkable ids; code 0 is an id of which nothing is known. */
export const KINDS: readonly LinkedId['kind'][] = ['unionid', 'openid', 'user_id'];
const UNIONID = 1;

/**
 * Groups of ids that are one person. The viewer of a group is its smallest pseudonym, so that any order of arrival ends
 * in the same state; a link that would join two unionids, or grow a group beyond MAX_GROUP, is refused.
 *
 * Ids are numbers in here (`numberOf`): a day's people are hundreds of thousands, 45 bytes each. The members of a group
 * stand in a ring.
 */
export class IdentityGroups {
  readonly ids = new IdTable();
  private next = new Int32Array(0);
  private viewers = new Int32Array(0);
  private kinds = new Uint8Array(0);
  private changed = new Set<number>();
  private conflicts: LinkConflict[] = [];
  private readonly words = new Uint32Array(4);

  /** The number of an id, given as four words. */
  numberOfWords(source: Uint32Array, at: number): number {
    const number = this.ids.add(source, at);
    if (number >= this.next.length) this.grow();
    return number;
  }

  numberOf(id: ViewerId): number {
    writeIdWords(this.words, 0, id);
    return this.numberOfWords(this.words, 0);
  }

  idOf(number: number): ViewerId {
    return readIdWords(this.ids.words, number * 4);
  }

  /** Adds what the warehouse knows of a member: its viewer, and its kind by its code. */
  learn(member: number, viewer: number, kind: number): void {
    if (this.kinds[member] !== 0) return;
    this.kinds[member] = kind;
    // Another member's row may have named this one as its viewer already.
    if (this.viewers[member] !== this.viewers[viewer]) {
      this.join(member, viewer, this.viewers[viewer] ?? viewer, null);
    }
  }

  /** Whether a link of the id is known. */
  knows(number: number): boolean {
    return this.kinds[number] !== 0;
  }

  /** The person behind a pseudonym. */
  viewerOf(number: number): number {
    return this.viewers[number] ?? number;
  }

  /** The row of a member that is known. */
  memberAt(number: number): Member {
    return {
      member: this.idOf(number),
      viewer: this.idOf(this.viewerOf(number)),
      kind: KINDS[this.kindOf(number) - 1] ?? 'openid',
    };
  }

  /** Code of its kind, 0 when nothing is known of it. */
  kindOf(number: number): number {
    return this.kinds[number] ?? 0;
  }

  /** Joins ids that a source gave together, with the codes of their kinds; true when it taught something new. */
  link(members: readonly number[], kinds: readonly number[]): boolean {
    const first = members[0];
    if (first === undefined || members.length < 2 || this.isTogether(members)) return false;
    const refused = this.refusal(members, kinds);
    if (refused !== null) {
      const linked = members.map((member, at) => ({
        member: this.idOf(member),
        kind: KINDS[(kinds[at] ?? 0) - 1] ?? 'openid',
      }));
      this.conflicts.push({ linked, reason: refused });
      return false;
    }
    members.forEach((member, at) => {
      if (this.kinds[member] === 0) this.kinds[member] = kinds[at] ?? 0;
      // A member whose viewer stays still has to be written when it was in no group before.
      this.changed.add(member);
      const one = this.viewerOf(first);
      const other = this.viewerOf(member);
      if (one === other) return;
      const { words } = this.ids;
      this.join(first, member, isIdBefore(words, other * 4, words, one * 4) ? other : one, this.changed);
    });
    return true;
  }

  /** Members whose row is new or changed since the last call. */
  takeChanges(): readonly number[] {
    const changes = [...this.changed].filter((member) => this.knows(member));
    this.changed = new Set();
    return changes;
  }

  takeConflicts(): readonly LinkConflict[] {
    const { conflicts } = this;
    this.conflicts = [];
    return conflicts;
  }

  /** Whether all of these are known as one person. */
  isTogether(members: readonly number[]): boolean {
    const viewer = this.viewers[members[0] ?? 0];
    for (const member of members)
      if (this.kinds[member] === 0 || this.viewers[member] !== viewer) return false;
    return true;
  }

  private refusal(members: readonly number[], kinds: readonly number[]): LinkConflict['reason'] | null {
    const all = new Map<number, number>();
    members.forEach((member, at) => {
      let other = member;
      do {
        const known = this.kindOf(other);
        if (known !== 0) all.set(other, known);
        else if (other === member) all.set(other, kinds[at] ?? 0);
        other = this.next[other] ?? member;
      } while (other !== member);
    });
    let unionids = 0;
    for (const kind of all.values()) if (kind === UNIONID) unionids++;
    if (unionids > 1) return 'two_unionids';
    return all.size > MAX_GROUP ? 'group_too_large' : null;
  }

  /** Makes one ring of two, and gives all in it one viewer; whose viewer was another is added to `changed`. */
  private join(one: number, other: number, viewer: number, changed: Set<number> | null): void {
    const after = this.next[one] ?? one;
    this.next[one] = this.next[other] ?? other;
    this.next[other] = after;
    let member = one;
    do {
      if (this.viewers[member] !== viewer) {
        this.viewers[member] = viewer;
        changed?.add(member);
      }
      member = this.next[member] ?? one;
    } while (member !== one);
  }

  private grow(): void {
    const before = this.next.length;
    const length = Math.max(1 << 11, before * 2);
    const next = new Int32Array(length);
    const viewers = new Int32Array(length);
    const kinds = new Uint8Array(length);
    next.set(this.next);
    viewers.set(this.viewers);
    kinds.set(this.kinds);
    for (let number = before; number < length; number++) next[number] = viewers[number] = number;
    this.next = next;
    this.viewers = viewers;
    this.kinds = kinds;
  }
}

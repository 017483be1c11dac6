import type { LinkedId, ViewerId } from '../../schemas/index.js';
import { IdTable } from '../identity/id-table.js';
import { writeIdWords } from '../identity/id-words.js';
import { KINDS } from '../identity/link-identities.js';
import { WordColumn } from './native-columns.js';

/** The pseudonyms that a part of a batch names, and which of them its records link: plain memory, to change threads. */
export interface People {
  /** Four words each, as often as they are named: telling them apart is cheaper where all are known by number. */
  readonly ids: Uint32Array;
  /** Places in `ids`, link by link. */
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
  /** Four words each. */
  readonly ids = new WordColumn(4);
  private members: number[] = [];
  private kinds: number[] = [];
  private ends: number[] = [];
  private records: number[] = [];
  /** Who was linked to whom already: a day's events say the same links over and over. */
  private readonly told = new ToldLinks();
  /** A source gives four ids at most. */
  private readonly scratch = new Uint32Array(16);
  /** Most often one of those that are linked next. */
  private lastNamed: ViewerId | null = null;
  private lastAt = 0;

  /** Names a pseudonym; returns its place. */
  name(id: ViewerId): number {
    const at = this.ids.next();
    writeIdWords(this.ids.words, at, id);
    this.lastNamed = id;
    this.lastAt = at;
    return at / 4;
  }

  /** Ids that a record gave together. */
  link(linked: readonly LinkedId[], record: number): void {
    if (linked.length < 2) return;
    const { scratch } = this;
    for (let at = 0; at < linked.length; at++) {
      const member = linked[at]?.member ?? '';
      if (member !== this.lastNamed) writeIdWords(scratch, at * 4, member);
      else
        for (let word = 0; word < 4; word++) scratch[at * 4 + word] = this.ids.words[this.lastAt + word] ?? 0;
    }
    if (!this.told.isNews(scratch, linked.length)) return;
    for (let at = 0; at < linked.length; at++) {
      this.members.push(this.ids.length);
      this.ids.copy4(scratch, at * 4);
      this.kinds.push(KINDS.indexOf(linked[at]?.kind ?? 'openid') + 1);
    }
    this.ends.push(this.members.length);
    this.records.push(record);
  }

  /** Who was named since the last call. */
  take(): People {
    const people = {
      ids: this.ids.words.slice(0, this.ids.length * 4),
      members: Uint32Array.from(this.members),
      kinds: Uint8Array.from(this.kinds),
      ends: Uint32Array.from(this.ends),
      records: Uint32Array.from(this.records),
    };
    this.ids.clear();
    this.lastNamed = null;
    this.members = [];
    this.kinds = [];
    this.ends = [];
    this.records = [];
    return people;
  }
}

/** Ids remembered before all are forgotten: 40 bytes each. */
const MOST_TOLD = 500_000;

/** Remembers links by the first of their ids, in bounded memory. */
class ToldLinks {
  private ids = new IdTable();
  /** By number of an id: the number of the first id of the link that named it last, plus one. */
  private firsts = new Int32Array(1 << 12);

  /** Whether a link of `count` ids, four words each, was not told lately; remembers it. */
  isNews(words: Uint32Array, count: number): boolean {
    if (this.ids.size > MOST_TOLD) this.ids = new IdTable();
    if (this.ids.size === 0) this.firsts.fill(0);
    const first = this.ids.add(words, 0) + 1;
    let news = false;
    for (let at = 1; at < count; at++) {
      const number = this.ids.add(words, at * 4);
      if (number >= this.firsts.length) {
        const larger = new Int32Array(number * 2);
        larger.set(this.firsts);
        this.firsts = larger;
      }
      if (this.firsts[number] === first) continue;
      this.firsts[number] = first;
      news = true;
    }
    return news;
  }
}

import { loadSql, type Warehouse } from '../../sql/index.js';
import type { ViewerId } from '../../schemas/index.js';
import { IdentityGroups, KINDS } from '../identity/link-identities.js';
import { markPeopleAround } from './changed-days.js';
import { instantText } from './json-rows.js';
import type { People } from './people.js';
import { readRowBinary } from './read-rows.js';
import { RowBinaryWriter } from './row-binary.js';
import { wordsOf } from './words.js';

/** Facts relabelled in one statement; more go in several. */
const RELABEL_CHUNK = 20_000;
/** Pseudonyms remembered before all are forgotten and asked again: 100 MB. */
const CACHE_LIMIT = 2_000_000;
/** A row of known-members: member, viewer, code of the kind. */
const MEMBER_BYTES = 33;

/** What a batch teaches. */
export interface Learnt {
  /** Of each People given: the numbers of its ids; valid until the next batch. */
  readonly numbers: readonly Uint32Array[];
  /** Of each People given: the records whose link taught something. */
  readonly records: readonly ReadonlySet<number>[];
}

/**
 * Who is behind the pseudonyms, as the loader sees it. Holds only under the loader lease: nobody else links meanwhile.
 * Order of writing: link rows (not applied when earlier facts are to be relabelled), facts with the new viewer,
 * relabelling of earlier facts, link rows (applied); a kill in between is made good by `finishInterrupted`. The last two
 * are one `settle` for as many batches as may wait for it: each relabelling reads the viewer of every stored fact.
 */
export class Viewers {
  private groups = new IdentityGroups();
  /** By number: whether the warehouse was asked about it. */
  private asked = new Uint8Array(0);
  private lastVersion = 0;
  /** Linked by whom: members whose link is written but not applied. */
  private unapplied = new Map<number, string>();
  /** Viewers that stored facts carry and should not. */
  private readonly outdated = new Set<number>();
  /** Viewers that nobody should be called any more, of whom the facts were not asked yet. */
  private readonly suspected = new Set<number>();

  constructor(private readonly warehouse: Warehouse) {}

  /**
   * Learns the groups that these people belong to, and links what their records link.
   * @param continues further batches follow before `settle`
   */
  async prepare(people: readonly People[], adapter: string, continues: boolean): Promise<Learnt> {
    if (this.groups.ids.size > CACHE_LIMIT) {
      await this.settle();
      this.groups = new IdentityGroups();
      this.asked = new Uint8Array(0);
    }
    const { groups } = this;
    const numbers = people.map(({ ids }) => {
      const known = new Uint32Array(ids.length / 4);
      for (let at = 0; at < known.length; at++) known[at] = groups.numberOfWords(ids, at * 4);
      return known;
    });
    await this.ask(numbers);
    const before = new Map<number, number>();
    const records = people.map((some, at) => this.link(some, numbers[at] ?? new Uint32Array(), before));
    const changes = groups.takeChanges();
    const moved = new Set<number>();
    for (const member of changes) {
      const viewer = groups.viewerOf(member);
      const old = before.get(member) ?? member;
      if (old !== viewer) moved.add(old);
      if (member !== viewer) moved.add(member);
    }
    // One look at all facts for as many batches as may wait, once it is known that there is something to relabel.
    const later = continues && this.outdated.size > 0;
    if (later) for (const viewer of moved) this.suspected.add(viewer);
    else for (const viewer of await this.storedAmong(moved)) this.outdated.add(viewer);
    const applies = this.outdated.size === 0 && !changes.some((member) => this.unapplied.has(member));
    if (!applies) for (const member of changes) this.unapplied.set(member, adapter);
    await this.writeLinks(changes, adapter, applies ? 1 : 0);
    await this.writeConflicts(adapter);
    return { numbers, records };
  }

  /** The person behind a pseudonym. */
  viewerOf(member: ViewerId): ViewerId {
    return this.groups.idOf(this.groups.viewerOf(this.groups.numberOf(member)));
  }

  /** Writes the person behind the pseudonym of a number as four words. */
  writeViewer(number: number, target: Uint32Array, at: number): void {
    const { words } = this.groups.ids;
    const from = this.groups.viewerOf(number) * 4;
    for (let word = 0; word < 4; word++) target[at + word] = words[from + word] ?? 0;
  }

  /** After the facts of the batches are stored: relabels earlier facts and marks the links as applied. */
  async settle(): Promise<void> {
    if (this.unapplied.size === 0) return;
    for (const viewer of await this.storedAmong(this.suspected)) this.outdated.add(viewer);
    this.suspected.clear();
    await this.relabel([...this.outdated]);
    const byAdapter = new Map<string, number[]>();
    for (const [member, adapter] of this.unapplied) {
      const members = byAdapter.get(adapter);
      if (members === undefined) byAdapter.set(adapter, [member]);
      else members.push(member);
    }
    for (const [adapter, members] of byAdapter) await this.writeLinks(members, adapter, 1);
    this.outdated.clear();
    this.unapplied.clear();
  }

  /** Finishes what a killed loader began. */
  async finishInterrupted(): Promise<void> {
    const open = wordsOf(await readRowBinary(this.warehouse, loadSql('load/unapplied-links')));
    if (open.length === 0) return;
    const { groups } = this;
    const numbers = new Uint32Array(open.length / 4);
    for (let at = 0; at < numbers.length; at++) numbers[at] = groups.numberOfWords(open, at * 4);
    const members = await this.ask([numbers]);
    await this.relabel(members.filter((member) => groups.viewerOf(member) !== member));
    await this.writeLinks(members, '', 1);
  }

  /** Links what the records link; returns those that taught something. */
  private link(people: People, numbers: Uint32Array, before: Map<number, number>): ReadonlySet<number> {
    const { groups } = this;
    const teachers = new Set<number>();
    const members: number[] = [];
    const kinds: number[] = [];
    for (let link = 0, at = 0; link < people.ends.length; link++) {
      members.length = 0;
      kinds.length = 0;
      for (const end = people.ends[link] ?? 0; at < end; at++) {
        members.push(numbers[people.members[at] ?? 0] ?? 0);
        kinds.push(people.kinds[at] ?? 0);
      }
      // Most links say again what is known.
      if (groups.isTogether(members)) continue;
      for (const member of members) if (!before.has(member)) before.set(member, groups.viewerOf(member));
      if (groups.link(members, kinds)) teachers.add(people.records[link] ?? 0);
    }
    return teachers;
  }

  /** Learns the groups of all that was not asked before; returns their members. */
  private async ask(numbers: readonly Uint32Array[]): Promise<readonly number[]> {
    if (this.asked.length < this.groups.ids.size) {
      const larger = new Uint8Array(this.groups.ids.size * 2);
      larger.set(this.asked);
      this.asked = larger;
    }
    const wanted: number[] = [];
    for (const some of numbers) {
      for (const number of some) {
        if (this.asked[number] === 1) continue;
        this.asked[number] = 1;
        wanted.push(number);
      }
    }
    if (wanted.length === 0) return [];
    const rows = await this.warehouse.session(async (session) => {
      await this.insertMembers(session, wanted);
      return readRowBinary(session, loadSql('load/known-members'));
    });
    const members: number[] = [];
    const words = new Uint32Array(8);
    for (let at = 0; at < rows.length; at += MEMBER_BYTES) {
      for (let word = 0; word < 8; word++) words[word] = rows.readUInt32LE(at + word * 4);
      const member = this.groups.numberOfWords(words, 0);
      this.groups.learn(member, this.groups.numberOfWords(words, 4), rows[at + 32] ?? 0);
      members.push(member);
    }
    return members;
  }

  /** Those of the viewers that stored facts carry. */
  private async storedAmong(viewers: ReadonlySet<number>): Promise<readonly number[]> {
    if (viewers.size === 0) return [];
    return this.warehouse.session(async (session) => {
      await this.insertMembers(session, [...viewers]);
      const words = wordsOf(await readRowBinary(session, loadSql('load/stored-viewers')));
      const stored: number[] = [];
      for (let at = 0; at < words.length; at += 4) {
        const viewer = this.groups.numberOfWords(words, at);
        if (viewers.has(viewer)) stored.push(viewer);
      }
      return stored;
    });
  }

  private async insertMembers(session: Warehouse, members: readonly number[]): Promise<void> {
    await session.command(loadSql('load/make-members'));
    const { words } = this.groups.ids;
    const body = new Uint32Array(members.length * 4);
    members.forEach((member, at) => {
      body.set(words.subarray(member * 4, member * 4 + 4), at * 4);
    });
    await session.insert({
      table: 'batch_members',
      columns: ['member'],
      format: 'RowBinary',
      body: new Uint8Array(body.buffer),
    });
  }

  /** Gives the facts of these viewers to whom they belong now. */
  private async relabel(viewers: readonly number[]): Promise<void> {
    const { groups } = this;
    for (let from = 0; from < viewers.length; from += RELABEL_CHUNK) {
      const chunk = viewers.slice(from, from + RELABEL_CHUNK);
      const old = chunk.map((viewer) => groups.idOf(viewer));
      // transform() knows no UUIDs, but it knows their texts.
      const parameters = {
        old_viewers: old,
        old_texts: old,
        new_texts: chunk.map((viewer) => groups.idOf(groups.viewerOf(viewer))),
      };
      await markPeopleAround(this.warehouse, old, async () => {
        for (const table of ['events', 'order-facts', 'attendance']) {
          await this.warehouse.command(loadSql(`load/relabel-${table}`), parameters);
        }
      });
    }
  }

  private async writeLinks(members: readonly number[], adapter: string, applied: 0 | 1): Promise<void> {
    if (members.length === 0) return;
    const now = Date.now();
    this.lastVersion = Math.max(this.lastVersion + 1, now * 1000);
    const { groups } = this;
    const { words } = groups.ids;
    const writer = new RowBinaryWriter(members.length * 72);
    for (const member of members) {
      writer.words(words, member * 4, 4);
      writer.words(words, groups.viewerOf(member) * 4, 4);
      writer.string(KINDS[groups.kindOf(member) - 1] ?? '');
      writer.int64(now);
      writer.string(adapter);
      writer.byte(applied);
      writer.int64(this.lastVersion);
    }
    await this.warehouse.insert({
      table: 'wxlive_store.identities_store',
      columns: ['member', 'viewer', 'kind', 'first_seen', 'source', 'applied', 'version'],
      format: 'RowBinary',
      body: writer.view(),
    });
  }

  private async writeConflicts(adapter: string): Promise<void> {
    const conflicts = this.groups.takeConflicts();
    if (conflicts.length === 0) return;
    const first_seen = instantText(Date.now());
    const lines = conflicts.map(({ linked, reason }) => {
      const sorted = [...linked].sort((one, other) => (one.member < other.member ? -1 : 1));
      return JSON.stringify({
        members: sorted.map(({ member }) => member),
        kinds: sorted.map(({ kind }) => kind),
        reason,
        source: adapter,
        first_seen,
      });
    });
    await this.warehouse.insert({
      table: 'wxlive_store.identity_conflicts_store',
      columns: ['members', 'kinds', 'reason', 'source', 'first_seen'],
      format: 'JSONEachRow',
      body: Buffer.from(lines.join('\n')),
    });
  }
}

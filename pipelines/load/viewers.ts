import { type CanonicalRecord, type LinkedId, type ViewerId } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { z } from 'zod';
import { IdentityGroups } from '../identity/link-identities.js';
import { instantText } from './json-rows.js';
import { RowBinaryWriter } from './row-binary.js';

const memberRow = z.object({
  member: z.string().transform((text) => text as ViewerId),
  viewer: z.string().transform((text) => text as ViewerId),
  kind: z.enum(['unionid', 'openid', 'user_id']),
});
const viewerRow = z.object({ viewer: z.string() });
const unappliedRow = z.object({ member: z.string(), viewer: z.string() });

/** Facts relabelled in one statement; more go in several. */
const RELABEL_CHUNK = 2_000;
/** Pseudonyms remembered before all are forgotten and asked again. */
const CACHE_LIMIT = 2_000_000;
const NONE_LINKED: readonly LinkedId[] = [];

/**
 * Who is behind the pseudonyms, as the loader sees it. Holds only under the loader lease: nobody else links meanwhile.
 * Order of writing: link rows (not applied), facts with the new viewer, relabelling of earlier facts, link rows
 * (applied); a kill in between is made good by `finishInterrupted`.
 */
export class Viewers {
  private groups = new IdentityGroups();
  private asked = new Set<ViewerId>();
  /** Lists of ids that are in one group already; a group is never parted. */
  private settled = new WeakSet<readonly LinkedId[]>();
  private lastVersion = 0;

  constructor(private readonly warehouse: Warehouse) {}

  /** Learns the groups that ids of these records belong to, and links what the records link. Returns which records taught something. */
  async prepare(records: readonly CanonicalRecord[]): Promise<{ learnt: Uint8Array; pending: PendingLinks }> {
    if (this.asked.size > CACHE_LIMIT) {
      this.groups = new IdentityGroups();
      this.asked = new Set();
      this.settled = new WeakSet();
    }
    const wanted = new Set<ViewerId>();
    const linking: { readonly index: number; readonly linked: readonly LinkedId[] }[] = [];
    for (let index = 0; index < records.length; index++) {
      const record = records[index];
      if (record === undefined) continue;
      const linked = 'linked' in record ? record.linked : NONE_LINKED;
      const viewerKey = 'viewer_key' in record ? record.viewer_key : null;
      // Records of one person share one array as a rule: what it links is known then, and all its members were asked.
      const settled = linked.length > 1 && this.settled.has(linked);
      if (viewerKey !== null && !(settled && linked[0]?.member === viewerKey) && !this.asked.has(viewerKey)) {
        wanted.add(viewerKey);
      }
      if (settled) continue;
      for (const { member } of linked) if (!this.asked.has(member)) wanted.add(member);
      if (linked.length > 1) linking.push({ index, linked });
    }
    if (wanted.size > 0) await this.ask(wanted);
    const learnt = new Uint8Array(records.length);
    const before = new Map<ViewerId, ViewerId>();
    for (const { index, linked } of linking) {
      if (this.settled.has(linked)) continue;
      if (this.groups.joins(linked)) {
        this.settled.add(linked);
        continue;
      }
      for (const { member } of linked) {
        if (!before.has(member)) before.set(member, this.groups.viewerOf(member));
      }
      if (this.groups.link(linked)) {
        learnt[index] = 1;
        this.settled.add(linked);
      }
    }
    const changes = this.groups.takeChanges();
    const moves = new Map<string, string>();
    for (const { member, viewer } of changes) {
      const old = before.get(member) ?? member;
      if (old !== viewer) moves.set(old, viewer);
      if (member !== viewer) moves.set(member, viewer);
    }
    const source = records[linking[0]?.index ?? -1];
    const adapter = source !== undefined && 'adapter' in source ? source.adapter : '';
    const pending = { changes, moves, adapter, conflicts: this.groups.takeConflicts() };
    await this.writeLinks(pending, 0);
    await this.writeConflicts(pending);
    return { learnt, pending };
  }

  viewerOf(member: ViewerId): ViewerId {
    return this.groups.viewerOf(member);
  }

  /** After the facts of the batch are stored: relabels earlier facts and marks the links as applied. */
  async finish(pending: PendingLinks): Promise<void> {
    if (pending.changes.length === 0) return;
    if (pending.moves.size > 0) {
      const stored = await this.storedAmong([...pending.moves.keys()]);
      await this.relabel([...pending.moves].filter(([old]) => stored.has(old)));
    }
    await this.writeLinks(pending, 1);
  }

  /** Finishes what a killed loader began. */
  async finishInterrupted(): Promise<void> {
    const open = await this.warehouse.query(loadSql('load/unapplied-links'), unappliedRow);
    if (open.length === 0) return;
    const members = await this.membersOf(open.map(({ member }) => member));
    const moves = members.filter(({ member, viewer }) => member !== viewer);
    await this.relabel(moves.map(({ member, viewer }) => [member, viewer]));
    await this.writeLinks({ changes: members, moves: new Map(), adapter: '', conflicts: [] }, 1);
  }

  private async ask(wanted: ReadonlySet<ViewerId>): Promise<void> {
    this.groups.learn(await this.membersOf([...wanted]));
    for (const member of wanted) this.asked.add(member);
  }

  private async membersOf(members: readonly string[]): Promise<z.infer<typeof memberRow>[]> {
    return this.warehouse.session(async (session) => {
      await insertMembers(session, members);
      return session.query(loadSql('load/known-members'), memberRow);
    });
  }

  private async storedAmong(viewers: readonly string[]): Promise<ReadonlySet<string>> {
    return this.warehouse.session(async (session) => {
      await insertMembers(session, viewers);
      const rows = await session.query(loadSql('load/stored-viewers'), viewerRow);
      return new Set(rows.map(({ viewer }) => viewer));
    });
  }

  private async relabel(moves: readonly (readonly [string, string])[]): Promise<void> {
    for (let from = 0; from < moves.length; from += RELABEL_CHUNK) {
      const chunk = moves.slice(from, from + RELABEL_CHUNK);
      const old = chunk.map(([viewer]) => viewer);
      // transform() knows no UUIDs, but it knows their texts.
      const parameters = { old_viewers: old, old_texts: old, new_texts: chunk.map(([, now]) => now) };
      for (const table of ['events', 'order-facts', 'attendance']) {
        await this.warehouse.command(loadSql(`load/relabel-${table}`), parameters);
      }
    }
  }

  private async writeLinks(pending: PendingLinks, applied: 0 | 1): Promise<void> {
    if (pending.changes.length === 0) return;
    const now = Date.now();
    this.lastVersion = Math.max(this.lastVersion + 1, now * 1000);
    const version = this.lastVersion;
    const first_seen = instantText(now);
    const lines = pending.changes.map(({ member, viewer, kind }) =>
      JSON.stringify({
        member,
        viewer,
        kind,
        first_seen,
        source: pending.adapter,
        applied,
        version,
      }),
    );
    await this.warehouse.insert({
      table: 'wxlive_store.identities_store',
      columns: ['member', 'viewer', 'kind', 'first_seen', 'source', 'applied', 'version'],
      format: 'JSONEachRow',
      body: Buffer.from(lines.join('\n')),
    });
  }

  private async writeConflicts(pending: PendingLinks): Promise<void> {
    if (pending.conflicts.length === 0) return;
    const first_seen = instantText(Date.now());
    const lines = pending.conflicts.map(({ linked, reason }) => {
      const sorted = [...linked].sort((one, other) => (one.member < other.member ? -1 : 1));
      return JSON.stringify({
        members: sorted.map(({ member }) => member),
        kinds: sorted.map(({ kind }) => kind),
        reason,
        source: pending.adapter,
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

/** Links that are written but whose earlier facts are not relabelled yet. */
export interface PendingLinks {
  readonly changes: readonly {
    readonly member: ViewerId;
    readonly viewer: ViewerId;
    readonly kind: LinkedId['kind'];
  }[];
  /** Viewer that stored facts may carry → viewer they should carry. */
  readonly moves: ReadonlyMap<string, string>;
  readonly adapter: string;
  readonly conflicts: readonly { readonly linked: readonly LinkedId[]; readonly reason: string }[];
}

async function insertMembers(session: Warehouse, members: readonly string[]): Promise<void> {
  await session.command(loadSql('load/make-members'));
  const writer = new RowBinaryWriter(members.length * 16 + 16);
  for (const member of members) writer.uuid(member);
  await session.insert({
    table: 'batch_members',
    columns: ['member'],
    format: 'RowBinary',
    body: writer.view(),
  });
}

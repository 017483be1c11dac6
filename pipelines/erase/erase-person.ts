import { z } from 'zod';
import type { ViewerId } from '../../schemas/index.js';
import { loadSql, type SqlParameters, type Warehouse } from '../../sql/index.js';
import { asLostTurn } from '../bus/loading-turns.js';
import { markNotedDays, notePendingDays, reportZone } from '../load/changed-days.js';
import { rejectsOf, type RejectReader } from './sealed-rejects.js';
import { tombstoneOf } from './tombstones.js';

/** What is known of an erasure that was carried out. Holds no id and no pseudonym. */
export interface Erasure {
  readonly erasure_seq: number;
  /** SHA-256 of the person's pseudonym. */
  readonly tombstone: string;
  /** `nothing_stored`: nothing was there, the tombstone is. */
  readonly state: 'erased' | 'nothing_stored';
  /** Pseudonyms that were one person. */
  readonly ids: number;
  /** Rows removed, by table; tables without any are not listed. */
  readonly removed: Readonly<Record<string, number>>;
  /** Rows of others, or sealed rejects, that named the person and do no longer. */
  readonly blanked: Readonly<Record<string, number>>;
  /** UTC ms. */
  readonly began_at: number;
  readonly ended_at: number;
}

const idRow = z.object({ id: z.string() });
const factRow = z.object({
  table: z.string(),
  platform: z.string(),
  account: z.string(),
  at: z.coerce.number(),
  rows: z.coerce.number(),
  through: z.coerce.number(),
});
const countRow = z.object({ table: z.string(), rows: z.coerce.number() });
const countsOf = z.record(z.string(), z.coerce.number());
const lastRow = z.object({
  erasure_seq: z.coerce.number(),
  state: z.string(),
  removed: countsOf,
  blanked: countsOf,
  began_at: z.coerce.number(),
});
type Counts = Readonly<Record<string, number>>;

const SOURCES: Readonly<Record<string, string>> = {
  events_store: 'events',
  order_facts_store: 'orders',
  attendance_store: 'wecom-watch',
};
/** One that finds something again raced with a loader elsewhere; more than so many is no race. */
const MOST_PASSES = 5;

/**
 * Removes one person from every table and keeps a tombstone. To be called while nobody else loads. Tombstones first,
 * then the facts, the linked ids last: killed at any point and called again with the same id it finds the rest, and
 * the counts of what was removed before are kept. Nothing can be read of the person when it returns: a loader that
 * comes after reads the tombstones, and one that took the turn away from a sleeping erasure makes it fail, not end.
 *
 * @param warehouse as the holder of the turn to load writes to it
 * @param given all pseudonyms that the person's id may have, the likeliest first
 * @throws a transient WarehouseError when the turn has passed to another process: call it again
 */
export async function erasePerson(
  warehouse: Warehouse,
  given: readonly ViewerId[],
  reader: RejectReader,
): Promise<Erasure> {
  try {
    return await eraseInTurn(warehouse, given, reader);
  } catch (error) {
    throw asLostTurn(error);
  }
}

async function eraseInTurn(
  warehouse: Warehouse,
  given: readonly ViewerId[],
  reader: RejectReader,
): Promise<Erasure> {
  const linked = await warehouse.query(loadSql('erase/group'), idRow, { members: given });
  const members = [...new Set([...given, ...linked.map(({ id }) => id)])].sort();
  const tombstone = tombstoneOf(given[0] ?? '');
  const zone = await reportZone(warehouse);
  const who = { members };
  const [last] = await warehouse.query(loadSql('erase/last'), lastRow, { tombstone });
  const open = last?.state === 'begun' ? last : null;
  const began_at = open?.began_at ?? Date.now();
  const erasure_seq = open?.erasure_seq ?? Date.now() * 1000;
  let removed: Counts = open?.removed ?? {};
  let blanked: Counts = open?.blanked ?? {};
  const write = (state: 'begun' | 'done') =>
    writeErasure(warehouse, { erasure_seq, tombstone, state, removed, blanked, began_at });

  for (let pass = 0; ; pass++) {
    const facts = await warehouse.query(loadSql('erase/facts'), factRow, { ...who, zone });
    const others = await warehouse.query(loadSql('erase/others'), countRow, who);
    const found = sums([...facts, ...others]);
    // A second pass counts what came on top, a first one after a kill what was left: never what is counted already.
    removed = pass === 0 ? larger(removed, found) : added(removed, found);
    if (pass === 0) {
      const through = Math.max(began_at, ...facts.map((fact) => fact.through));
      await write('begun');
      for (const kind of ['viewers', 'orders', 'sign-ins']) {
        await warehouse.command(loadSql(`erase/bury-${kind}`), { ...who, through });
      }
    } else if (Object.keys(found).length === 0) break;
    if (pass > MOST_PASSES) {
      throw new Error(
        'records of an erased person keep arriving: stop whatever loads into this warehouse and run wxlive erase again',
      );
    }
    await notePendingDays(
      warehouse,
      erasure_seq,
      facts.flatMap(({ table, platform, account, at }) =>
        at === 0 ? [] : [{ platform, account, source: SOURCES[table] ?? table, at }],
      ),
    );
    await remove(warehouse, found, who);
    if (pass === 0) blanked = larger(blanked, await blank(warehouse, members, reader));
    await removeLinks(warehouse, found, who);
    if (warehouse.mode === 'embedded') break;
  }
  await markNotedDays(warehouse, erasure_seq);
  if ((removed['events_store'] ?? 0) > 0) await rewriteParts(warehouse);
  await write('done');
  const nothing = Object.keys(removed).length === 0 && Object.keys(blanked).length === 0;
  return {
    erasure_seq,
    tombstone,
    state: nothing ? 'nothing_stored' : 'erased',
    ids: members.length,
    removed,
    blanked,
    began_at,
    ended_at: Date.now(),
  };
}

async function remove(warehouse: Warehouse, found: Counts, who: SqlParameters): Promise<void> {
  // Sign-ins before the watch lists, which tell whose they are.
  const deletes = [
    ['events_store', 'delete-events', who],
    ['order_facts_store', 'delete-order-facts', who],
    ['sign_ins_store', 'delete-sign-ins', {}],
    ['attendance_store', 'delete-attendance', who],
  ] as const;
  for (const [table, name, parameters] of deletes) {
    if ((found[table] ?? 0) > 0) await warehouse.command(loadSql(`erase/${name}`), parameters);
  }
}

/** Refused links and linked ids: last, an interrupted erasure finds the person by them. */
async function removeLinks(warehouse: Warehouse, found: Counts, who: SqlParameters): Promise<void> {
  if ((found['identity_conflicts_store'] ?? 0) > 0) {
    await warehouse.command(loadSql('erase/delete-identity-conflicts'), who);
  }
  if ((found['identities_store'] ?? 0) > 0) await warehouse.command(loadSql('erase/delete-identities'), who);
}

/** Takes the person out of the rows of others. */
async function blank(
  warehouse: Warehouse,
  members: readonly string[],
  reader: RejectReader,
): Promise<Counts> {
  const mentions = await warehouse.query(loadSql('erase/mentions'), countRow, { members, texts: members });
  const rejects = await rejectsOf(warehouse, members, reader);
  const found = sums([...mentions, { table: 'rejects_store', rows: rejects.length }]);
  const texts = members;
  const everything = { members, texts, pattern: members.join('|') };
  const updates = [
    ['events_store', 'blank-events', everything],
    ['order_facts_store', 'blank-order-facts', everything],
    ['attendance_store', 'blank-attendance', { texts }],
    ['rejects_store', 'blank-rejects', { rejects }],
  ] as const;
  for (const [table, name, parameters] of updates) {
    if ((found[table] ?? 0) > 0) await warehouse.command(loadSql(`erase/${name}`), parameters);
  }
  return found;
}

/** Asks for the bytes to go: the engine rewrites the parts in the background, also after its next start. */
async function rewriteParts(warehouse: Warehouse): Promise<void> {
  await warehouse.command(loadSql('erase/apply-event-patches'));
  await warehouse.command(loadSql('erase/rewrite-events'));
}

function sums(rows: readonly { readonly table: string; readonly rows: number }[]): Counts {
  const total: Record<string, number> = {};
  for (const { table, rows: count } of rows) if (count > 0) total[table] = (total[table] ?? 0) + count;
  return total;
}

function larger(one: Counts, other: Counts): Counts {
  return merged(one, other, Math.max);
}

function added(one: Counts, other: Counts): Counts {
  return merged(one, other, (left, right) => left + right);
}

function merged(one: Counts, other: Counts, join: (left: number, right: number) => number): Counts {
  const tables = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...tables].map((table) => [table, join(one[table] ?? 0, other[table] ?? 0)]));
}

async function writeErasure(
  warehouse: Warehouse,
  entry: {
    readonly erasure_seq: number;
    readonly tombstone: string;
    readonly state: 'begun' | 'done';
    readonly removed: Counts;
    readonly blanked: Counts;
    readonly began_at: number;
  },
): Promise<void> {
  const at = (instant: number): string => new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
  const row = { ...entry, began_at: at(entry.began_at), written_at: at(Date.now()) };
  await warehouse.insert({
    table: 'wxlive_store.erasures_ledger',
    columns: Object.keys(row),
    format: 'JSONEachRow',
    body: Buffer.from(JSON.stringify(row)),
  });
}

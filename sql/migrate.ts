import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkPieces, clusterShape } from './cluster/check-cluster.js';
import type { SqlText, Warehouse } from './connection/warehouse.js';
import { WarehouseError } from './connection/warehouse.js';
import { readSqlFolder, renderStatements, type RenderSettings, type SqlFile } from './render.js';
import { loadSql } from './query-file.js';
import { runStatements } from './run-statements.js';

/** What a run of migrate did. */
export interface MigrationResult {
  /** Migrations run now, by file name. */
  readonly applied: readonly string[];
  /** Views were made anew. */
  readonly viewsRendered: boolean;
}

/** Under this name the warehouse remembers a restore: `begun ID` until everything is in, then `done ID`. */
export const RESTORE_ENTRY = 'restore';

/** A restore was killed half-way: what is there is no warehouse yet. */
export class InterruptedRestore extends Error {
  override readonly name = 'InterruptedRestore';
  constructor() {
    super('a restore into this warehouse was interrupted: run wxlive restore with the same backup again');
  }
}

const appliedRow = z.object({ name: z.string(), value: z.string() });

/**
 * Brings the warehouse to the state of this version: runs the migrations it has not seen, in order, and renders the
 * public views when their text changed. Safe to run again, also after a kill in the middle: every statement is
 * idempotent and the migrations are remembered after their last. On a cluster without Keeper each node has its own
 * book of what was run there.
 *
 * @throws when a migration that was run has another text now, the warehouse has migrations this version lacks, or it was
 * made for another cluster than the settings name
 */
export async function migrate(warehouse: Warehouse, settings: RenderSettings): Promise<MigrationResult> {
  const shape = warehouse.cluster === undefined ? '' : await clusterShape(warehouse);
  const nodes = warehouse.cluster?.nodes ?? [warehouse];
  const applied = new Set<string>();
  const books: ReadonlyMap<string, string>[] = [];
  for (const node of nodes) {
    const known = await readLedger(node);
    if (known.get(RESTORE_ENTRY)?.startsWith('begun ') === true) throw new InterruptedRestore();
    books.push(known);
    for (const name of await runMigrations(node, settings, known, shape)) applied.add(name);
  }
  if (warehouse.cluster !== undefined) await checkPieces(warehouse);
  const statements = readSqlFolder('views').flatMap((file) => renderStatements(file, settings));
  const sha256 = createHash('sha256').update(statements.join(';')).digest('hex');
  let viewsRendered = false;
  for (const [at, node] of nodes.entries()) {
    if (books[at]?.get('views') === sha256) continue;
    await runStatements(statements, (statement) => node.command(statement));
    await writeLedger(node, 'views', sha256);
    viewsRendered = true;
  }
  return { applied: [...applied], viewsRendered };
}

async function runMigrations(
  node: Warehouse,
  settings: RenderSettings,
  known: ReadonlyMap<string, string>,
  shape: string,
): Promise<readonly string[]> {
  const made = known.get(CLUSTER_NOTE) ?? '';
  if (known.size > 0 && made !== shape) throw new Error(otherShape(made, shape));
  const files = readSqlFolder('migrations');
  const unknown = [...known.keys()].filter(
    (name) => name.startsWith('migration:') && !files.some((file) => `migration:${file.name}` === name),
  );
  if (unknown.length > 0) {
    throw new Error(
      `the warehouse was migrated by a newer wxlive (${unknown.join(', ')}); install that version or restore a backup`,
    );
  }
  const unseen = files.filter(({ name, sha256 }) => {
    const before = known.get(`migration:${name}`);
    if (before === undefined || before === sha256) return before === undefined;
    throw new Error(
      `sql/migrations/${name} was changed after it had been run here; undo the change and write a new migration`,
    );
  });
  if (unseen.length === 0) return [];
  await runFiles(node, unseen, settings);
  const shapeNote: readonly Fact[] = known.size === 0 && shape !== '' ? [[CLUSTER_NOTE, shape]] : [];
  await writeFacts(node, [...shapeNote, ...unseen.map(factOf)]);
  return unseen.map(({ name }) => name);
}

/** Which cluster the warehouse was made for; no row: for one node. */
const CLUSTER_NOTE = 'cluster';

function otherShape(made: string, wanted: string): string {
  const name = (shape: string): string => (shape === '' ? 'one node' : `the ${shape}`);
  return `the warehouse was made for ${name(made)}, the settings and the server say ${name(wanted)}; correct clickhouse_cluster, or import into a new warehouse: rows do not move between shards`;
}

/** The migrations of this version, in their order, each with the hash of its text. */
export function ownMigrations(): readonly { readonly name: string; readonly sha256: string }[] {
  return readSqlFolder('migrations').map(({ name, sha256 }) => ({ name, sha256 }));
}

/** Makes the storage as it was after the migrations named, without views: where a backup of that time goes back into. */
export async function createStorage(
  warehouse: Warehouse,
  settings: RenderSettings,
  names: ReadonlySet<string>,
): Promise<void> {
  await createDatabases(warehouse);
  const files = readSqlFolder('migrations').filter(({ name }) => names.has(name));
  await runFiles(warehouse, files, settings);
  await writeFacts(warehouse, files.map(factOf));
}

/** Everything the warehouse remembers about itself; empty before the first migration. */
export async function readLedger(warehouse: Warehouse): Promise<ReadonlyMap<string, string>> {
  try {
    const rows = await warehouse.query(loadSql('operate/warehouse-ledger'), appliedRow);
    return new Map(rows.map((row) => [row.name, row.value]));
  } catch (error) {
    // 60 unknown table, 81 unknown database: nothing was migrated yet.
    if (error instanceof WarehouseError && (error.code === 60 || error.code === 81)) {
      await createDatabases(warehouse);
      return new Map();
    }
    throw error;
  }
}

async function runFiles(
  warehouse: Warehouse,
  files: readonly SqlFile[],
  settings: RenderSettings,
): Promise<void> {
  const statements = files.flatMap((file) => renderStatements(file, settings));
  await runStatements(statements, (statement) => warehouse.command(statement));
}

type Fact = readonly [name: string, value: string];

const factOf = ({ name, sha256 }: SqlFile): Fact => [`migration:${name}`, sha256];

/** Remembers a fact about the warehouse; the latest value of a name counts. */
export async function writeLedger(warehouse: Warehouse, name: string, value: string): Promise<void> {
  await writeFacts(warehouse, [[name, value]]);
}

async function writeFacts(warehouse: Warehouse, facts: readonly Fact[]): Promise<void> {
  const writtenAt = new Date().toISOString().replace('Z', '');
  const rows = facts.map(([name, value]) => JSON.stringify({ name, value, written_at: writtenAt }));
  await warehouse.insert({
    table: 'wxlive_store.warehouse_ledger',
    columns: ['name', 'value', 'written_at'],
    format: 'JSONEachRow',
    body: Buffer.from(rows.join('\n')),
  });
}

async function createDatabases(warehouse: Warehouse): Promise<void> {
  const statements: readonly SqlText[] = [loadSql('operate/create-store'), loadSql('operate/create-public')];
  for (const statement of statements) await warehouse.command(statement);
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SqlText, Warehouse } from './connection/warehouse.js';
import { WarehouseError } from './connection/warehouse.js';
import { readSqlFolder, renderStatements, type RenderSettings } from './render.js';
import { loadSql } from './query-file.js';

/** What a run of migrate did. */
export interface MigrationResult {
  /** Migrations run now, by file name. */
  readonly applied: readonly string[];
  /** Views were made anew. */
  readonly viewsRendered: boolean;
}

const appliedRow = z.object({ name: z.string(), value: z.string() });

/**
 * Brings the warehouse to the state of this version: runs the migrations it has not seen, in order, and renders the
 * public views when their text changed. Safe to run again, also after a kill in the middle: every statement is
 * idempotent and a migration is remembered after its last statement.
 *
 * @throws when a migration that was run has another text now, or the warehouse has migrations this version lacks
 */
export async function migrate(warehouse: Warehouse, settings: RenderSettings): Promise<MigrationResult> {
  const known = await readLedger(warehouse);
  const files = readSqlFolder('migrations');
  const unknown = [...known.keys()].filter(
    (name) => name.startsWith('migration:') && !files.some((file) => `migration:${file.name}` === name),
  );
  if (unknown.length > 0) {
    throw new Error(
      `the warehouse was migrated by a newer wxlive (${unknown.join(', ')}); install that version or restore a backup`,
    );
  }
  const applied: string[] = [];
  for (const file of files) {
    const before = known.get(`migration:${file.name}`);
    if (before === file.sha256) continue;
    if (before !== undefined) {
      throw new Error(
        `sql/migrations/${file.name} was changed after it had been run here; undo the change and write a new migration`,
      );
    }
    for (const statement of renderStatements(file, settings)) await warehouse.command(statement);
    await writeLedger(warehouse, `migration:${file.name}`, file.sha256);
    applied.push(file.name);
  }
  const statements = readSqlFolder('views').flatMap((file) => renderStatements(file, settings));
  const sha256 = createHash('sha256').update(statements.join(';')).digest('hex');
  const viewsRendered = known.get('views') !== sha256;
  if (viewsRendered) {
    for (const statement of statements) await warehouse.command(statement);
    await writeLedger(warehouse, 'views', sha256);
  }
  return { applied, viewsRendered };
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

/** Remembers a fact about the warehouse; the latest value of a name counts. */
export async function writeLedger(warehouse: Warehouse, name: string, value: string): Promise<void> {
  await warehouse.insert({
    table: 'wxlive_store.warehouse_ledger',
    columns: ['name', 'value', 'written_at'],
    format: 'JSONEachRow',
    body: Buffer.from(JSON.stringify({ name, value, written_at: new Date().toISOString().replace('Z', '') })),
  });
}

async function createDatabases(warehouse: Warehouse): Promise<void> {
  const statements: readonly SqlText[] = [loadSql('operate/create-store'), loadSql('operate/create-public')];
  for (const statement of statements) await warehouse.command(statement);
}

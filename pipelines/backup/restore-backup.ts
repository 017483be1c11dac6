import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, succeed, type Outcome, type Progress } from '../../schemas/index.js';
import {
  createStorage,
  loadSql,
  migrate,
  readLedger,
  RESTORE_ENTRY,
  WarehouseError,
  writeLedger,
  type RenderSettings,
  type Warehouse,
} from '../../sql/index.js';
import { lostTurn, type LoadingTurns } from '../bus/loading-turns.js';
import type { PseudonymKey } from '../privacy/key.js';
import type { BackedUpTable } from './manifest.js';
import type { CheckedBackup } from './read-backup.js';
import { COMPRESSED, LEASE_LEDGER, readContent, WAREHOUSE_LEDGER } from './stored-tables.js';
import { piecesOf, storeFile } from './stored-file.js';

export interface RestoreOptions {
  /** The data folder's outbox; what waited to be sent goes back into it. */
  readonly outbox: string;
  readonly render: RenderSettings;
  /** The key of this folder; null when there is none yet. */
  readonly key: PseudonymKey | null;
  /** A turn to load is had from before the first change to the last. */
  readonly turns: LoadingTurns;
  readonly progress: Progress;
  readonly step: string;
}

export interface Restored {
  readonly tables: number;
  readonly rows: number;
  /** An earlier restore was interrupted, and what it left was removed. */
  readonly resumed: boolean;
}

/** Why a warehouse is not restored into; nothing was changed. */
export type RestoreFault =
  | { readonly code: 'not_empty'; readonly table: string; readonly rows: number }
  | { readonly code: 'other_key' };

/** The migrations that make the ledger of the warehouse and the one of the lease. */
const OF_THE_LEASE: ReadonlySet<string> = new Set(['0001_ledgers.sql', '0009_kafka.sql']);

const filledRow = z.object({ table: z.string(), rows: z.coerce.number() });
const tableRow = z.object({ name: z.string() });

/**
 * Puts a checked backup into a warehouse that holds nothing yet. Until everything is in and was compared with what was
 * backed up there are no views, and the warehouse says of itself that it is being restored: every other command and
 * every loader refuses it, and a restore that was killed is run again, from the start.
 */
export async function restoreBackup(
  warehouse: Warehouse,
  checked: CheckedBackup,
  options: RestoreOptions,
): Promise<Outcome<Restored, RestoreFault>> {
  try {
    // Asked before anything is made, and again when nobody else loads.
    const asked = await askWarehouse(warehouse, checked, options.key);
    if (!asked.ok) return asked;
    // On a new server there is nothing yet in which a turn could be had.
    if (asked.value.fresh && warehouse.mode === 'server')
      await createStorage(warehouse, options.render, OF_THE_LEASE);
    const turn = await options.turns.take();
    try {
      const state = await askWarehouse(warehouse, checked, options.key);
      if (!state.ok) return state;
      const done = await fillWarehouse(warehouse, checked, options);
      if (!(await turn.stillHeld())) throw lostTurn();
      await finish(warehouse, checked, options);
      return succeed({ ...done, resumed: state.value.resumed });
    } finally {
      await turn.release();
    }
  } finally {
    options.progress.end();
  }
}

/** Whether the backup may go into this warehouse, and what is there: nothing at all, or half a restore. */
async function askWarehouse(
  warehouse: Warehouse,
  { manifest }: CheckedBackup,
  key: PseudonymKey | null,
): Promise<Outcome<{ readonly fresh: boolean; readonly resumed: boolean }, RestoreFault>> {
  const ledger = await readLedger(warehouse);
  const resumed = ledger.get(RESTORE_ENTRY)?.startsWith('begun ') === true;
  const [filled] = resumed ? [] : await warehouse.query(loadSql('backup/filled-tables'), filledRow);
  if (filled !== undefined) return fail({ code: 'not_empty', ...filled });
  const remembered = resumed ? undefined : ledger.get('key_fingerprint');
  if (!keysAgree(manifest.key_fingerprint, key, remembered)) return fail({ code: 'other_key' });
  return succeed({ fresh: ledger.size === 0, resumed });
}

/** Everything that was backed up, into storage that is made anew. */
async function fillWarehouse(
  warehouse: Warehouse,
  { folder, manifest }: CheckedBackup,
  options: RestoreOptions,
): Promise<Omit<Restored, 'resumed'>> {
  await warehouse.command(loadSql('backup/drop-public'));
  await dropStore(warehouse);
  await createStorage(warehouse, options.render, new Set(manifest.migrations.map(({ name }) => name)));
  await writeLedger(warehouse, RESTORE_ENTRY, `begun ${manifest.backup_id}`);
  const filled = await fillTables(warehouse, folder, manifest.tables, options);
  await refillOutbox(folder, manifest.outbox, options.outbox);
  return { tables: filled, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0) };
}

/** On a server all but the lease of this restore itself: whoever waits for a turn to load must find it taken. */
async function dropStore(warehouse: Warehouse): Promise<void> {
  if (warehouse.mode === 'embedded') {
    await warehouse.command(loadSql('backup/drop-store'));
    return;
  }
  const tables = await warehouse.query(loadSql('backup/tables-to-drop'), tableRow, { lease: LEASE_LEDGER });
  for (const { name } of tables) await warehouse.command(loadSql('backup/drop-table'), { table: name });
}

/** From here on it is a warehouse. */
async function finish(
  warehouse: Warehouse,
  { folder, manifest }: CheckedBackup,
  options: RestoreOptions,
): Promise<void> {
  // The numbers of leases go on where the backup's stood: how far Kafka is stored is told by them. It ends this turn.
  const lease = manifest.tables.find(({ table }) => table === LEASE_LEDGER);
  if (lease !== undefined) await fillTable(warehouse, folder, lease, () => undefined);
  // The views of the backup's own warehouse are not here, whatever its ledger says.
  await writeLedger(warehouse, 'views', '');
  await writeLedger(warehouse, RESTORE_ENTRY, `done ${manifest.backup_id}`);
  await migrate(warehouse, options.render);
}

/** Whether the backup is of the key that this folder has or that its warehouse has met. */
function keysAgree(
  ofBackup: string | null,
  key: PseudonymKey | null,
  remembered: string | undefined,
): boolean {
  if (ofBackup === null) return true;
  return (key === null || key.matches(ofBackup)) && (remembered === undefined || remembered === ofBackup);
}

async function fillTables(
  warehouse: Warehouse,
  folder: string,
  tables: readonly BackedUpTable[],
  { progress, step }: RestoreOptions,
): Promise<number> {
  const total = tables.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0);
  let done = 0;
  const onBytes = (count: number): void => {
    done += count;
    progress.update(step, done, total);
  };
  // The warehouse's memory of itself last: until then nothing but what is written here stands in it.
  const last = (one: BackedUpTable): number => (one.table === WAREHOUSE_LEDGER ? 1 : 0);
  const ordered = [...tables].sort((one, other) => last(one) - last(other));
  for (const table of ordered) {
    if (table.table !== LEASE_LEDGER) await fillTable(warehouse, folder, table, onBytes);
  }
  return ordered.length;
}

/** Rows as they were stored: none is taken for a copy of another, none is merged before all were compared. */
const AS_STORED = {
  ...COMPRESSED,
  optimize_on_insert: 0,
  insert_deduplicate: 0,
  max_partitions_per_insert_block: 0,
};

async function fillTable(
  warehouse: Warehouse,
  folder: string,
  { table, columns, rows, content_hash, file }: BackedUpTable,
  onBytes: (count: number) => void,
): Promise<void> {
  if (file === null || rows === 0) return;
  await warehouse.command(loadSql('backup/stop-merges'), { table });
  try {
    await warehouse.insert({
      table: `wxlive_store.${table}`,
      columns: columns.map(({ name }) => name),
      format: 'Native',
      body: piecesOf(join(folder, file.path), onBytes),
      settings: AS_STORED,
    });
    // They hold rows of this restore as well, which the backup does not know of.
    if (table === WAREHOUSE_LEDGER || table === LEASE_LEDGER) return;
    const is = await readContent(warehouse, table);
    if (is.rows !== rows || is.content_hash !== content_hash) {
      throw new WarehouseError(
        `${table} was restored with ${String(is.rows)} rows where ${String(rows)} were backed up, or other ones: run wxlive restore again`,
        null,
        false,
      );
    }
  } finally {
    await warehouse.command(loadSql('backup/start-merges'), { table });
  }
}

async function refillOutbox(
  folder: string,
  files: readonly { readonly path: string }[],
  outbox: string,
): Promise<void> {
  for (const { path } of files) {
    const target = join(outbox, ...path.split('/').slice(1));
    await rm(target, { force: true });
    await storeFile(target, piecesOf(join(folder, path)));
  }
}

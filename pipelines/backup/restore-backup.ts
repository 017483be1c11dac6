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
  type LoaderLease,
  type RenderSettings,
  type Warehouse,
} from '../../sql/index.js';
import type { PseudonymKey } from '../privacy/key.js';
import type { BackedUpTable } from './manifest.js';
import type { CheckedBackup } from './read-backup.js';
import { COMPRESSED, readContent, WAREHOUSE_LEDGER } from './stored-tables.js';
import { piecesOf, storeFile } from './stored-file.js';

export interface RestoreOptions {
  /** The data folder's outbox; what waited to be sent goes back into it. */
  readonly outbox: string;
  readonly render: RenderSettings;
  /** The key of this folder; null when there is none yet. */
  readonly key: PseudonymKey | null;
  readonly lease: LoaderLease;
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

const filledRow = z.object({ table: z.string(), rows: z.coerce.number() });

/**
 * Puts a checked backup into a warehouse that holds nothing yet. Until everything is in and was compared with what was
 * backed up there are no views, and the warehouse says of itself that it is being restored: every other command refuses
 * it, and a restore that was killed is run again, from the start.
 */
export async function restoreBackup(
  warehouse: Warehouse,
  { folder, manifest }: CheckedBackup,
  options: RestoreOptions,
): Promise<Outcome<Restored, RestoreFault>> {
  try {
    const ledger = await readLedger(warehouse);
    const resumed = ledger.get(RESTORE_ENTRY)?.startsWith('begun ') === true;
    const [filled] = resumed ? [] : await warehouse.query(loadSql('backup/filled-tables'), filledRow);
    if (filled !== undefined) return fail({ code: 'not_empty', ...filled });
    const remembered = resumed ? undefined : ledger.get('key_fingerprint');
    if (!keysAgree(manifest.key_fingerprint, options.key, remembered)) return fail({ code: 'other_key' });

    await warehouse.command(loadSql('backup/drop-public'));
    await warehouse.command(loadSql('backup/drop-store'));
    await createStorage(warehouse, options.render, new Set(manifest.migrations.map(({ name }) => name)));
    await writeLedger(warehouse, RESTORE_ENTRY, `begun ${manifest.backup_id}`);
    const tables = await fillTables(warehouse, folder, manifest.tables, options);
    await refillOutbox(folder, manifest.outbox, options.outbox);
    // The views of the backup's own warehouse are not here, whatever its ledger says.
    await writeLedger(warehouse, 'views', '');
    await writeLedger(warehouse, RESTORE_ENTRY, `done ${manifest.backup_id}`);
    await migrate(warehouse, options.render);
    return succeed({ tables, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0), resumed });
  } finally {
    options.lease.release();
    options.progress.end();
  }
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
  for (const table of ordered) await fillTable(warehouse, folder, table, onBytes);
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
    // It holds rows of this restore as well, which the backup does not know of.
    if (table === WAREHOUSE_LEDGER) return;
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

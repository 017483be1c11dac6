import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { Progress } from '../../schemas/index.js';
import { loadSql, ownMigrations, packageRoot, readLedger, type Warehouse } from '../../sql/index.js';
import { lostTurn, type LoadingTurn } from '../bus/loading-turns.js';
import {
  MANIFEST_FILE,
  MANIFEST_FORMAT,
  sealManifest,
  type BackedUpTable,
  type BackupManifest,
  type StoredFile,
} from './manifest.js';
import { piecesOf, storeFile, syncFolder } from './stored-file.js';
import { openTableReads, readBack, readStoredTables, type TableRead } from './stored-tables.js';

export interface BackupOptions {
  /** Where the dated folder is made; made itself when missing. */
  readonly parent: string;
  /** Folder of what waits to be sent (encrypted reports): part of the backup. */
  readonly outbox: string;
  readonly reportZone: string;
  /** Given back as soon as every table is being read: from then on loaders go on, and the backup does not see it. */
  readonly turn: LoadingTurn;
  readonly progress: Progress;
  /** Steps in words, for the progress. */
  readonly steps: { readonly writing: string; readonly checking: string };
}

/** A backup that is there, whole. */
export interface Backup {
  readonly folder: string;
  readonly manifest: BackupManifest;
  readonly bytes: number;
}

/** What an interrupted backup leaves begins with a dot and ends so. */
const PARTIAL = '.partial';
const OUTBOX = 'outbox';

/**
 * Writes everything the warehouse stores into a new dated folder. The rows of each table are those of one moment, and
 * within a turn to load no fact changes until all of these moments have begun. Every file is read back through the
 * database before the manifest is written, and the folder takes its name last: killed at any point there is no backup.
 */
export async function writeBackup(warehouse: Warehouse, options: BackupOptions): Promise<Backup> {
  const madeAt = new Date().toISOString();
  const name = `wxlive-backup-${madeAt.slice(0, 19).replaceAll(':', '-')}Z`;
  const partial = join(options.parent, `.${name}-${randomUUID().slice(0, 8)}${PARTIAL}`);
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const about = await aboutWarehouse(warehouse);
    const tables = await writeTables(warehouse, partial, options);
    const outbox = await copyOutbox(options.outbox, partial);
    const manifest: BackupManifest = {
      ...MANIFEST_FORMAT,
      backup_id: randomUUID(),
      made_at: madeAt,
      ...about,
      report_time_zone: options.reportZone,
      tables,
      outbox,
    };
    const text = Buffer.from(sealManifest(manifest));
    await storeFile(join(partial, MANIFEST_FILE), [text]);
    await syncFolder(join(partial, 'tables'));
    await syncFolder(partial);
    const folder = await takeName(partial, join(options.parent, name));
    await syncFolder(options.parent);
    const files = [...tables.flatMap(({ file }) => file ?? []), ...outbox];
    return { folder, manifest, bytes: files.reduce((sum, file) => sum + file.bytes, text.length) };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await options.turn.release();
    options.progress.end();
  }
}

const packageSchema = z.object({ version: z.string() });
const versionRow = z.object({ version: z.string() });

async function aboutWarehouse(
  warehouse: Warehouse,
): Promise<Pick<BackupManifest, 'wxlive_version' | 'clickhouse_version' | 'key_fingerprint' | 'migrations'>> {
  const ledger = await readLedger(warehouse);
  const [server] = await warehouse.query(loadSql('operate/version'), versionRow);
  const own = packageSchema.parse(JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')));
  return {
    wxlive_version: own.version,
    clickhouse_version: server?.version ?? '',
    key_fingerprint: ledger.get('key_fingerprint') ?? null,
    migrations: ownMigrations().filter(({ name }) => ledger.has(`migration:${name}`)),
  };
}

async function writeTables(
  warehouse: Warehouse,
  folder: string,
  { turn, progress, steps }: BackupOptions,
): Promise<BackedUpTable[]> {
  const tables = await readStoredTables(warehouse);
  // Each byte is written and read back; on the disk they take about as much room as in the tables.
  const total = 2 * tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onBytes = (step: string) => (count: number) => {
    done += count;
    progress.update(step, Math.min(done, total), total);
  };
  const reads = await openTableReads(warehouse, tables, async () => {
    if (!(await turn.stillHeld())) throw lostTurn();
  });
  await turn.release();
  // All at once: a read that waits for its turn would be given up by the database.
  const files = await settle(
    reads.map(async (read) =>
      read.empty
        ? null
        : {
            path: pathOf(read),
            ...(await storeFile(join(folder, pathOf(read)), read.bytes(), onBytes(steps.writing))),
          },
    ),
  );
  const written: BackedUpTable[] = [];
  for (const [at, { table, columns }] of tables.entries()) {
    const file = files[at] ?? null;
    const content =
      file === null
        ? { rows: 0, content_hash: '0' }
        : await readBack(warehouse, columns, piecesOf(join(folder, file.path), onBytes(steps.checking)));
    written.push({ table, columns: [...columns], ...content, file });
  }
  return written;
}

const pathOf = ({ table }: TableRead): string => `tables/${table}.native`;

/** Waits for all, also when one has failed: nothing may write into the folder any more when it is removed. */
async function settle<Value>(work: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function copyOutbox(outbox: string, folder: string): Promise<StoredFile[]> {
  const found = await readdir(outbox, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const copied: StoredFile[] = [];
  for (const entry of found) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const path = [OUTBOX, ...relative(outbox, source).split(sep)].join('/');
    copied.push({ path, ...(await storeFile(join(folder, path), piecesOf(source))) });
  }
  return copied;
}

const MOST_OF_A_SECOND = 100;

/** Two backups may be made in one second. */
async function takeName(partial: string, wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : `${wanted}-${String(number)}`;
    try {
      await rename(partial, path);
      return path;
    } catch (error) {
      const taken =
        error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
      if (!taken || number === MOST_OF_A_SECOND) throw error;
    }
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail, succeed, type Outcome } from '../../schemas/index.js';
import { ownMigrations } from '../../sql/index.js';
import { MANIFEST_FILE, openManifest, type BackupManifest, type StoredFile } from './manifest.js';
import { hashFile } from './stored-file.js';

/** A folder whose every byte is what the manifest says. */
export interface CheckedBackup {
  readonly folder: string;
  readonly manifest: BackupManifest;
}

/** Why a folder is not restored from; nothing was changed. */
export type BackupFault =
  /** No manifest: no backup, or one that was not finished. */
  | { readonly code: 'no_backup' }
  /** Several backups lie in the folder: one of them has to be named. */
  | { readonly code: 'several'; readonly names: readonly string[] }
  /** A file (relative) is not what it was: cut, changed, gone, or of another backup. */
  | { readonly code: 'damaged'; readonly file: string }
  /** A newer wxlive wrote it, or another edition of a migration made its tables. */
  | { readonly code: 'newer'; readonly what: string };

/**
 * Reads a backup's manifest and every byte of its files, and changes nothing. `folder` is the dated folder, or one in
 * which exactly one of them lies.
 */
export async function readBackup(
  folder: string,
  onBytes: (done: number, total: number) => void = () => undefined,
): Promise<Outcome<CheckedBackup, BackupFault>> {
  const found = await findBackup(resolve(folder));
  if (!found.ok) return found;
  const opened = openManifest(found.value.text);
  if (!opened.ok) {
    return fail(
      opened.failure === 'damaged'
        ? { code: 'damaged', file: MANIFEST_FILE }
        : { code: 'newer', what: MANIFEST_FILE },
    );
  }
  const manifest = opened.value;
  const own = new Map(ownMigrations().map(({ name, sha256 }) => [name, sha256]));
  const unknown = manifest.migrations.find(({ name, sha256 }) => own.get(name) !== sha256);
  if (unknown !== undefined) return fail({ code: 'newer', what: unknown.name });

  const files = filesOf(manifest);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const file of files) {
    const is = await hashFile(join(found.value.folder, file.path), (count) => {
      done += count;
      onBytes(Math.min(done, total), total);
    }).catch(() => null);
    if (is?.bytes !== file.bytes || is.sha256 !== file.sha256) {
      return fail({ code: 'damaged', file: file.path });
    }
  }
  return succeed({ folder: found.value.folder, manifest });
}

/** All files of a backup but its manifest. */
function filesOf({ tables, outbox }: BackupManifest): readonly StoredFile[] {
  return [...tables.flatMap(({ file }) => file ?? []), ...outbox];
}

async function findBackup(
  folder: string,
): Promise<Outcome<{ readonly folder: string; readonly text: string }, BackupFault>> {
  const own = await readManifest(folder);
  if (own !== null) return succeed({ folder, text: own });
  const inside: { folder: string; name: string; text: string }[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    // A name with a dot in front is a backup that was not finished.
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const text = await readManifest(join(folder, entry.name));
    if (text !== null) inside.push({ folder: join(folder, entry.name), name: entry.name, text });
  }
  const [first, second] = inside;
  if (first === undefined) return fail({ code: 'no_backup' });
  if (second !== undefined) return fail({ code: 'several', names: inside.map(({ name }) => name).sort() });
  return succeed(first);
}

function readManifest(folder: string): Promise<string | null> {
  return readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => null);
}

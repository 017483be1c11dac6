import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fail, succeed, type Outcome } from '../../schemas/index.js';

/** Written last: a folder without it is no backup. */
export const MANIFEST_FILE = 'manifest.json';
/** What a manifest calls itself. */
export const MANIFEST_FORMAT = { format: 'wxlive-backup', version: 1 } as const;

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const stored = { bytes: count, sha256 };
/** Relative, downwards, with `/` on every machine. */
const path = z
  .string()
  .regex(/^[^/\\\0]+(?:\/[^/\\\0]+)*$/u)
  .refine((text) => !text.split('/').some((name) => name === '.' || name === '..'));
const table = z.string().regex(/^[a-z][a-z0-9_]*$/u);

const tableSchema = z.strictObject({
  table,
  columns: z.array(z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9_]*$/u), type: z.string() })).min(1),
  rows: count,
  /** Of all rows, whatever their order: what a restored table is compared with. */
  content_hash: z.string().regex(/^\d+$/u),
  /** Blocks of ClickHouse's Native format in its own compressed frames; null when the table held nothing. */
  file: z.strictObject({ path, ...stored }).nullable(),
});

const manifestSchema = z.strictObject({
  format: z.literal(MANIFEST_FORMAT.format),
  version: z.literal(MANIFEST_FORMAT.version),
  backup_id: z.uuid(),
  /** ISO 8601, UTC. Nothing later is in the backup. */
  made_at: z.iso.datetime(),
  wxlive_version: z.string(),
  clickhouse_version: z.string(),
  report_time_zone: z.string(),
  /** HMAC of a constant under the pseudonym key; null when the warehouse had met none. Never the key. */
  key_fingerprint: z.string().nullable(),
  migrations: z.array(z.strictObject({ name: z.string(), sha256 })).min(1),
  tables: z.array(tableSchema).min(1),
  /** What waits to be sent: encrypted reports, by their place in the data folder. */
  outbox: z.array(z.strictObject({ path, ...stored })),
});

/** What is in a backup, and how each piece of it is known again. */
export type BackupManifest = z.infer<typeof manifestSchema>;
export type BackedUpTable = z.infer<typeof tableSchema>;
export type StoredFile = z.infer<typeof manifestSchema>['outbox'][number];

const sealedSchema = z.strictObject({ manifest: z.unknown(), sha256 });

/** The text of a manifest, with the hash of itself. */
export function sealManifest(manifest: BackupManifest): string {
  return `${JSON.stringify({ manifest, sha256: hashOf(manifest) }, null, 2)}\n`;
}

/** Reads a manifest; `other_version` when a newer wxlive wrote it. */
export function openManifest(text: string): Outcome<BackupManifest, 'damaged' | 'other_version'> {
  const sealed = sealedSchema.safeParse(jsonOf(text));
  if (!sealed.success || hashOf(sealed.data.manifest) !== sealed.data.sha256) return fail('damaged');
  const parsed = manifestSchema.safeParse(sealed.data.manifest);
  // Whole as it was written, so what is not understood was not written by this version.
  return parsed.success ? succeed(parsed.data) : fail('other_version');
}

function hashOf(manifest: unknown): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

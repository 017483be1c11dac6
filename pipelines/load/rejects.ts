import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AdapterName, RejectCode } from '../../schemas/index.js';
import { Tombstones } from '../erase/tombstones.js';
import { instantText } from './json-rows.js';
import { loadSql, type Warehouse } from '../../sql/index.js';

/** A row that cannot be used, ready to be stored: its original is sealed, its preview masked. */
export interface Reject {
  readonly rejectId: string;
  /** `file:17`, `$[3]`, `file!sheet!A17`. */
  readonly place: string;
  readonly code: RejectCode;
  /** The reason in words, in the language of the command. */
  readonly reason: string;
  readonly preview: string;
  readonly sealed: string;
  readonly pseudonyms: readonly string[];
}

/** The id of a reject: the same row of the same file always gets the same, so that it is stored once. */
export function rejectId(sha256: string, place: string): string {
  const hex = createHash('sha256').update(`${sha256}\u0000${place}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const COLUMNS = [
  ...[
    'reject_id',
    'batch_id',
    'adapter',
    'account',
    'place',
    'code',
    'reason',
    'preview',
    'sealed',
    'pseudonyms',
  ],
  ...['received_at', 'replayed_at', 'version'],
];
const idRow = z.object({ reject_id: z.string() });
const CHUNK = 5_000;

/** Stores the rejects that are not stored yet. */
export async function storeRejects(
  warehouse: Warehouse,
  batch: {
    readonly batchId: string;
    readonly adapter: AdapterName;
    readonly account: string;
    readonly receivedAt: number;
  },
  rejects: readonly Reject[],
): Promise<void> {
  const common = JSON.stringify({
    batch_id: batch.batchId,
    adapter: batch.adapter,
    account: batch.account,
    received_at: instantText(batch.receivedAt),
    replayed_at: null,
    version: batch.receivedAt,
  }).slice(0, -1);
  for (let from = 0; from < rejects.length; from += CHUNK) {
    const chunk = rejects.slice(from, from + CHUNK);
    const stored = await warehouse.query(loadSql('load/known-rejects'), idRow, {
      rejects: chunk.map((reject) => reject.rejectId),
    });
    const known = new Set(stored.map((row) => row.reject_id));
    const fresh = chunk.filter((reject) => !known.has(reject.rejectId));
    if (fresh.length === 0) continue;
    const kept = await withoutErased(warehouse, fresh);
    const lines = kept.map((reject) => lineOf(reject, common));
    await warehouse.insert({
      table: 'wxlive_store.rejects_store',
      columns: COLUMNS,
      format: 'JSONEachRow',
      body: Buffer.from(lines.join('\n')),
    });
  }
}

/** One line of JSON. The sealed text is base64: looking through a kilobyte of it for quotes would be most of the work. */
function lineOf(
  { rejectId, place, code, reason, preview, sealed, pseudonyms }: Reject,
  common: string,
): string {
  const own = JSON.stringify({ reject_id: rejectId, place, code, reason, preview, pseudonyms });
  return `${common},"sealed":"${sealed}",${own.slice(1)}`;
}

/** A bad row that speaks of an erased person is counted, and nothing of what it said is kept. */
async function withoutErased(warehouse: Warehouse, rejects: readonly Reject[]): Promise<readonly Reject[]> {
  if (rejects.every(({ pseudonyms }) => pseudonyms.length === 0)) return rejects;
  const tombstones = await Tombstones.read(warehouse);
  if (tombstones.none) return rejects;
  return rejects.map((reject) =>
    reject.pseudonyms.some((viewer) => tombstones.throughOfViewer(viewer) !== undefined)
      ? { ...reject, preview: '', sealed: '', pseudonyms: [] }
      : reject,
  );
}
